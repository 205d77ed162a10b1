package dev.claudebench.rpc;

import java.net.URI;

import jakarta.inject.Inject;

import org.junit.jupiter.api.BeforeEach;

import io.quarkus.redis.datasource.RedisDataSource;
import io.quarkus.test.common.http.TestHTTPResource;

/** A test that sends bodies as they stand to a service whose Redis it finds empty. For subclasses with QuarkusTest. */
abstract class RawRpcTest {
    @TestHTTPResource
    URI service;

    @Inject
    RedisDataSource redis;

    /** Set before each test. */
    RawRpc rpc = new RawRpc(URI.create("http://127.0.0.1"));

    @BeforeEach
    void emptySystem() {
        redis.flushall();
        rpc = new RawRpc(service);
    }
}
