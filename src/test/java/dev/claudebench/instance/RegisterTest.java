package dev.claudebench.instance;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;

import jakarta.inject.Inject;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.claudebench.support.RpcClient;
import io.quarkus.redis.datasource.RedisDataSource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;

@QuarkusTest
class RegisterTest {
    @TestHTTPResource
    URI service;

    @Inject
    RedisDataSource redis;

    private RpcClient rpc;

    @BeforeEach
    void emptySystem() {
        redis.flushall();
        rpc = new RpcClient(service);
    }

    @Test
    void firstRegistrationOfAnEmptySystemLeads() {
        assertThat(rpc.result("system.register", "{'id':'w1','roles':['worker']}"))
                .hasToString("{\"registered\":true}");
        assertThat(redis.value(String.class).get("cb:leader:current")).isEqualTo("w1");
        assertThat(redis.value(String.class).get("cb:leader:term")).isEqualTo("1");
    }
}
