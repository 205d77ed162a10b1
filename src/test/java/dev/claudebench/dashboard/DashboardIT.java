package dev.claudebench.dashboard;

import static io.restassured.RestAssured.get;
import static org.hamcrest.Matchers.containsString;

import org.junit.jupiter.api.Test;

import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.ServiceProcess;

class DashboardIT {
    /** Like a read-only file system: nobody, not even root, can write there. */
    private static final String NO_TEMPORARY_FILES = "-Djava.io.tmpdir=/dev/null/none";

    @Test
    void packageServesThePageWithoutWritingFiles() {
        try (RedisProcess redis = new RedisProcess().start();
                ServiceProcess service = ServiceProcess.start("-Dquarkus.redis.hosts=" + redis.uri(),
                        NO_TEMPORARY_FILES)) {
            get(service.base() + "/").then().statusCode(200).body(containsString("dashboard/app.js"));
            for (String script : new String[]{"/dashboard/app.js", "/webjars/preact/dist/preact.module.js",
                    "/_static/htm/dist/htm.module.js"}) {
                get(service.base() + script).then().statusCode(200).contentType("text/javascript");
            }
        }
    }
}
