package dev.claudebench.eureka;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.cloud.netflix.eureka.server.EnableEurekaServer;

/** The server. The benchmark gives its settings on the command line. */
@SpringBootApplication
@EnableEurekaServer
public class EurekaServer {
    /** Starts the server. */
    public static void main(String[] arguments) {
        SpringApplication.run(EurekaServer.class, arguments);
    }
}
