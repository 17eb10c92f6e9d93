package io.liteferry.core;

/** The exit codes of the command line. */
public final class ExitCode {
    public static final int OK = 0;
    public static final int FAILED = 1;
    public static final int USAGE = 2;
    public static final int PREFLIGHT = 3;
    public static final int NOT_READY = 4;
    public static final int TIMED_OUT = 5;
    public static final int CONNECTION_LOST = 6;
    public static final int INTERRUPTED = 130;

    private ExitCode() {}
}
