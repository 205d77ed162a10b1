package dev.claudebench.support;

import java.util.Map;

import org.jspecify.annotations.NullMarked;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;

/** Starts a Redis for one {@code @QuarkusTest}, and injects it into the field of type {@link RedisProcess}. */
@NullMarked
public final class ExternalRedis implements QuarkusTestResourceLifecycleManager {
    private final RedisProcess redis = new RedisProcess();

    @Override
    public Map<String, String> start() {
        return Map.of("quarkus.redis.hosts", redis.start().uri().toString());
    }

    @Override
    public void inject(TestInjector testInjector) {
        testInjector.injectIntoFields(redis, new TestInjector.MatchesType(RedisProcess.class));
    }

    @Override
    public void stop() {
        redis.close();
    }
}
