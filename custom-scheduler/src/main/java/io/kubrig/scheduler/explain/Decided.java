package io.kubrig.scheduler.explain;

import io.kubrig.scheduler.whatif.Explanation;

/**
 * An explanation as it is kept.
 *
 * @param at when the scheduler looked, RFC 3339
 * @param attempts how often it had tried the pod by then
 */
public record Decided(String at, int attempts, Explanation explanation) {}
