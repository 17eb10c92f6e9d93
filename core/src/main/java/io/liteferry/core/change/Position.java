package io.liteferry.core.change;

/**
 * Where in a source's change log something stands. Never a bare number: a restored or replaced file can reach the same
 * {@code seq} with another history, and the fingerprint of the row at {@code seq} tells them apart.
 *
 * @param logIdentity random, made when the log was installed
 * @param epoch raised in SQLite by every capture that starts
 * @param seq the highest log row that is covered
 * @param fingerprint the random number in that row
 */
public record Position(String logIdentity, long epoch, long seq, long fingerprint) {}
