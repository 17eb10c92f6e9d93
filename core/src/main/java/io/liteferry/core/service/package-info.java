/**
 * What every long-lived service has: a life cycle, health checks, metrics and three admin endpoints.
 */
@NullMarked
package io.liteferry.core.service;

import org.jspecify.annotations.NullMarked;
