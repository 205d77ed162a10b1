package dev.claudebench.redis;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;

/**
 * Lends one connection to all who ask while it is in use, so that their commands travel together (pipelining) instead of each
 * having a connection of its own for a whole round trip. The last to return it gives it back to the pool.
 */
final class SharedConnection {
    private static final Logger LOG = Logger.getLogger(SharedConnection.class);
    /** Then a new one is asked for, however busy it is: only that finds out who is the primary now. */
    private static final long LONGEST_LOAN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Redis redis;
    private final Vertx vertx;
    private final long connectMillis;
    private @Nullable Loan current;
    /** When Redis last answered anybody, none yet if null: what tells a Redis that hangs from a service that has too much to do. */
    private volatile @Nullable Long lastAnswerNanos;

    /** @param connectMillis how long those who borrow wait for one attempt to connect; another begins then */
    SharedConnection(Redis redis, Vertx vertx, long connectMillis) {
        this.redis = redis;
        this.vertx = vertx;
        this.connectMillis = connectMillis;
    }

    void hasAnswered() {
        lastAnswerNanos = System.nanoTime();
    }

    boolean hasAnsweredWithin(Duration time) {
        Long last = lastAnswerNanos;
        return last != null && System.nanoTime() - last < time.toNanos();
    }

    Loan borrow() {
        Loan fresh;
        synchronized (this) {
            Loan loan = current;
            if (loan != null && !loan.isOld()) {
                loan.users++;
                return loan;
            }
            fresh = new Loan();
            fresh.users++;
            current = fresh;
        }
        fresh.connect();
        return fresh;
    }

    /** Everybody who borrows returns once, whatever came of it: even a connection that was not to be had. */
    final class Loan {
        private final Promise<RedisConnection> connection = Promise.promise();
        private final long begun = System.nanoTime();
        private int users;
        private int senders;
        private boolean lost;

        private void connect() {
            long timer = vertx.setTimer(connectMillis, late -> connection.tryFail(
                    new TimeoutException("Redis has not accepted a connection")));
            redis.connect().onComplete(attempt -> {
                vertx.cancelTimer(timer);
                if (attempt.failed()) {
                    connection.tryFail(attempt.cause());
                    return;
                }
                // its end is told by the calls under way; the client's own handler would print a stack trace besides
                attempt.result().exceptionHandler(error -> LOG.debug("a connection to Redis broke", error));
                if (!connection.tryComplete(attempt.result())) {
                    attempt.result().close();
                }
            });
        }

        private boolean isOld() {
            return System.nanoTime() - begun > LONGEST_LOAN_NANOS;
        }

        /** Fails with {@link TimeoutException} when Redis is slow to accept it. */
        Future<RedisConnection> connection() {
            return connection.future();
        }

        /** Somebody is about to send on it. */
        void sends() {
            synchronized (SharedConnection.this) {
                senders++;
            }
        }

        /** Whether nobody but the caller has sent on it, since it was borrowed first. */
        boolean hasOneSender() {
            synchronized (SharedConnection.this) {
                return senders == 1;
            }
        }

        /** True once: the end of a connection is one event, however many calls it takes with it. */
        boolean isFirstLoss() {
            synchronized (SharedConnection.this) {
                boolean first = !lost;
                lost = true;
                return first;
            }
        }

        /** Lends it to nobody else, since something is wrong with it. Those who have it may go on. */
        void retire() {
            synchronized (SharedConnection.this) {
                if (current == this) {
                    current = null;
                }
            }
        }

        void giveBack() {
            synchronized (SharedConnection.this) {
                if (--users > 0) {
                    return;
                }
                retire();
            }
            Future<RedisConnection> done = connection.future();
            if (done.succeeded()) {
                done.result().close();
            }
        }
    }
}
