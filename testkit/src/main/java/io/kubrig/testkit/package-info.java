/**
 * A real Kubernetes inside a JUnit test: the API server, the controllers, the scheduler and simulated nodes in the test's own JVM, without
 * ports, files or downloads.
 *
 * <ul>
 *   <li>{@link io.kubrig.testkit.KubrigCluster} is the plain API, {@link io.kubrig.testkit.ClusterBuilder} chooses the parts, {@link
 * io.kubrig.testkit.KubrigTest}
 *       puts a cluster into a Jupiter test;
 *   <li>{@code TestTime} and {@code Rest} are virtual time: one clock for all parts, moved from timer to timer, each time when nothing is
 * left to do. What is left to
 *       do is counted by {@link io.kubrig.machinery.clock.Activity};
 *   <li>{@code TestServer} is the API server over memory, shared as an immutable state between forks; {@code JvmKeys} are the keys that
 * all clusters share;
 *   <li>{@code Clients} makes all clients; {@link io.kubrig.testkit.traffic} sees, counts and disturbs what they do;
 *   <li>{@link io.kubrig.testkit.assertion} holds the assertions, {@link io.kubrig.testkit.operator} puts the Java Operator SDK on the
 * cluster's clock.
 * </ul>
 */
package io.kubrig.testkit;
