package dev.claudebench.rpc;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;

/** What Vert.x does not tell of a client's connection, and how it is ended at once. */
public final class Connections {
    private Connections() {}

    /** Asks the channel itself: a response that was made after the end of its connection does not know of it. */
    public static boolean isOpen(HttpServerRequest request) {
        return request.connection() instanceof ConnectionBase connection && connection.channel().isOpen();
    }

    /** Ends an exchange without waiting until the client has taken what was written, as an ordinary close would. */
    public static void abort(HttpServerRequest request) {
        if (request.version() == HttpVersion.HTTP_2) {
            request.response().reset();
        } else if (request.connection() instanceof ConnectionBase connection) {
            ChannelFuture unused = connection.channelHandlerContext().close();
        }
    }

    /** Runs something when the client has taken all that was written so far, or will take no more. */
    static void whenTaken(HttpServerRequest request, Runnable then) {
        if (request.version() != HttpVersion.HTTP_2 && request.connection() instanceof ConnectionBase connection) {
            connection.channelHandlerContext()
                    .writeAndFlush(Unpooled.EMPTY_BUFFER)
                    .addListener(taken -> then.run());
        } else {
            then.run();
        }
    }
}
