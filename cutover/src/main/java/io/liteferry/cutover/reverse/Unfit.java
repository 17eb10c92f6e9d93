package io.liteferry.cutover.reverse;

/** A value, or a row, that SQLite cannot hold with the same meaning. The message says why and holds no value. */
final class Unfit extends Exception {
    private static final long serialVersionUID = 1;

    Unfit(String why) {
        super(why, null, false, false);
    }

    String why() {
        return String.valueOf(getMessage());
    }
}
