package dev.claudebench.rpc;

import java.util.List;

/** How a protocol writes the outcome of a call: a response as JSON text in UTF-8, in parts. */
public interface AnswerForm {

    /**
     * Returns the response to a call that succeeded.
     *
     * @param id JSON text
     * @param json the result, which is shared and must not be changed
     */
    List<byte[]> result(String id, byte[] json);

    /** Returns the response to a call that failed. */
    List<byte[]> error(RpcError error);
}
