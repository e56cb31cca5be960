/**
 * A world in memory in which controllers are disturbed on purpose: caches lag behind and skip states, writes fail before or after they are
 * done, and controllers die after any write. {@code MemoryServer} is what is true, {@code MemoryClient} how one life of a controller sees
 * it, {@code World} what happens, by chance from a seed.
 */
package io.kubrig.operators.sweep;
