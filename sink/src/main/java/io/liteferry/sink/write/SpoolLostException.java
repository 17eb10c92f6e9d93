package io.liteferry.sink.write;

/**
 * What was spooled of a batch is no longer in the stages, or may not be: PostgreSQL empties unlogged tables when it
 * crashes. Nothing is lost; the stream is read again from the applied position.
 */
public final class SpoolLostException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public SpoolLostException(String how) {
        super(how);
    }
}
