/**
 * The recorded stories of the native controllers ({@code conformance/controllers}), told in one process on virtual time: a story of fifty
 * seconds takes as long as its requests.
 *
 * <p>{@code StoryCluster} is an API server with our controllers, and nobody else; {@code Wire} speaks with it and {@code Ledger} watches
 * it. {@code StoryKubelet} plays scheduler and kubelet by the rules of a story, {@code StoryNodes} the nodes. {@code StoryTeller} goes
 * through the steps; {@code Likeness} brings what is there into the form of what was recorded, {@code Comparison} finds the differences and
 * {@code Invariants} looks at every change on the way.
 */
package io.kubrig.e2e.stories;
