/**
 * What goes between clients and the API server of a cluster: every call is seen ({@link io.kubrig.testkit.traffic.Traffic}), can be picked
 * ({@link io.kubrig.testkit.traffic.CallPattern}) and disturbed ({@link io.kubrig.testkit.traffic.Faults}).
 */
package io.kubrig.testkit.traffic;
