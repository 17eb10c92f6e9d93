package io.liteferry.validator.pass;

import io.liteferry.core.change.Position;
import java.time.Instant;
import java.util.Optional;

/**
 * Where a full pass began.
 *
 * @param number counts on over restarts
 * @param from applied position; empty where a table was not complete yet
 */
public record PassStart(long number, Instant at, Optional<Position> from) {}
