package io.liteferry.embedded;

/** Says that an embedded server did not start or did not stop: which one, on which directory or port, and what to do. */
public final class EmbeddedServerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public EmbeddedServerException(String message) {
        super(message);
    }

    public EmbeddedServerException(String message, Throwable cause) {
        super(message, cause);
    }
}
