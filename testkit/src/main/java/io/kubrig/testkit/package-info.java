/**
 * A real Kubernetes inside a JUnit test: the API server, the controllers, the scheduler and simulated nodes in the test's own JVM, without ports, files or
 * downloads. {@link io.kubrig.testkit.KubrigCluster} is the plain API; {@link io.kubrig.testkit.KubrigTest} puts it into a Jupiter test.
 */
package io.kubrig.testkit;
