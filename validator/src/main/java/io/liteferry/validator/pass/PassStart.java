package io.liteferry.validator.pass;

import io.liteferry.core.change.Position;
import java.time.Instant;
import java.util.Optional;

/**
 * Where a full pass over a table began.
 *
 * @param number of the round of all tables it belongs to; counts on over restarts
 * @param from applied position; empty where nothing was applied yet
 */
public record PassStart(long number, Instant at, Optional<Position> from) {}
