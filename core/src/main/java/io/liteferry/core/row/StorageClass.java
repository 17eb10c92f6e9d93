package io.liteferry.core.row;

/** SQLite's five storage classes, each with the tag byte of the packed form; tags never change. */
public enum StorageClass {
    NULL(0),
    INTEGER(1),
    REAL(2),
    TEXT(3),
    BLOB(4);

    private final int tag;

    StorageClass(int tag) {
        this.tag = tag;
    }

    public int tag() {
        return tag;
    }

    public static StorageClass ofTag(int tag) {
        return switch (tag) {
            case 0 -> NULL;
            case 1 -> INTEGER;
            case 2 -> REAL;
            case 3 -> TEXT;
            case 4 -> BLOB;
            default -> throw new IllegalArgumentException("tag byte " + tag + " is not a storage class");
        };
    }
}
