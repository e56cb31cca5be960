/** The Java Operator SDK in a test: its threads are known to the cluster and its timers run on the cluster's clock. */
package io.kubrig.testkit.operator;
