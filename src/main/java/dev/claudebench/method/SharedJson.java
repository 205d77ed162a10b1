package dev.claudebench.method;

/** A result that is JSON text already. All answers share its bytes, which nobody may change. */
public interface SharedJson {
    /** The text in UTF-8. */
    byte[] json();
}
