package io.liteferry.sink;

/** The application writes to PostgreSQL now, or has since this sink began: it writes nothing, and waits to begin anew. */
final class TargetClosedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    TargetClosedException(String source) {
        super("source " + source + " was handed over to the application");
    }
}
