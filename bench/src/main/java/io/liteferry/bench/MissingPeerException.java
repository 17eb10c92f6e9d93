package io.liteferry.bench;

/** The peer of a comparison is not on this machine; a ratio without it would be made up. */
final class MissingPeerException extends RuntimeException {
    MissingPeerException(String message) {
        super(message);
    }
}
