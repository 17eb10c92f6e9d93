package io.liteferry.capture.read;

import io.liteferry.core.change.Operation;

/**
 * One record of a batch, ready to be sent.
 *
 * @param table the table's place in the plan
 * @param key canonical packed key
 * @param value see {@link io.liteferry.core.change.ChangeFormat}
 */
public record ChangeRecord(int table, Operation operation, byte[] key, byte[] value) {}
