package io.liteferry.core;

import org.jspecify.annotations.Nullable;

/**
 * A failure a person can act on. The message reads {@code LF-123 what we tried, on which object: what we found. What to
 * do next.} and never holds row values.
 */
public class LiteferryException extends RuntimeException {
    private final ErrorCode code;

    public LiteferryException(ErrorCode code, String message) {
        this(code, message, null);
    }

    public LiteferryException(ErrorCode code, String message, @Nullable Throwable cause) {
        super(code + " " + message, cause);
        this.code = code;
    }

    public ErrorCode code() {
        return code;
    }
}
