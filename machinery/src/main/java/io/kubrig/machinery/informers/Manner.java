package io.kubrig.machinery.informers;

import io.kubrig.machinery.clock.Clock;
import java.util.random.RandomGenerator;

/**
 * How reflectors go about it.
 *
 * @param random safe for use by several threads
 * @param watchLists whether the first state is to come with the watch, where the server does that; such a watch brings bookmarks
 */
record Manner(Clock clock, RandomGenerator random, boolean watchLists) {}
