package io.liteferry.core.change;

/**
 * What a change record says of its key, with Debezium's letters. {@code c} against {@code u} is a hint of the trigger;
 * truth is the row that the record carries, or its absence.
 */
public enum Operation {
    SNAPSHOT('r'),
    CREATE('c'),
    UPDATE('u'),
    DELETE('d');

    private final char code;

    Operation(char code) {
        this.code = code;
    }

    public char code() {
        return code;
    }

    public static Operation ofCode(int code) {
        for (Operation o : values()) {
            if (o.code == code) {
                return o;
            }
        }
        throw new IllegalArgumentException("operation code " + code + " is not one of r, c, u, d");
    }
}
