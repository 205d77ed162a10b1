package dev.claudebench.redis;

import org.jspecify.annotations.Nullable;

import io.vertx.core.Future;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;

/**
 * Lends one connection to all who ask while it is in use, so that their commands travel together (pipelining) instead of each
 * having a connection of its own for a whole round trip. The last to return it gives it back to the pool.
 */
final class SharedConnection {
    private final Redis redis;
    private @Nullable Loan current;

    SharedConnection(Redis redis) {
        this.redis = redis;
    }

    synchronized Loan borrow() {
        Loan loan = current;
        if (loan == null) {
            loan = new Loan(redis.connect());
            current = loan;
        }
        loan.borrowers++;
        loan.users++;
        return loan;
    }

    /** Everybody who borrows returns once, whatever came of it: even a connection that was not to be had. */
    final class Loan {
        private final Future<RedisConnection> connection;
        private int borrowers;
        private int users;

        Loan(Future<RedisConnection> connection) {
            this.connection = connection;
        }

        Future<RedisConnection> connection() {
            return connection;
        }

        /** Whether nobody else has borrowed the connection since it left the pool. */
        boolean isAlone() {
            synchronized (SharedConnection.this) {
                return borrowers == 1;
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
            connection.onSuccess(RedisConnection::close);
        }
    }
}
