/**
 * What the validator says and others read: the verdict with its checks, as it stands in PostgreSQL and on its topic.
 */
@NullMarked
package io.liteferry.core.validation;

import org.jspecify.annotations.NullMarked;
