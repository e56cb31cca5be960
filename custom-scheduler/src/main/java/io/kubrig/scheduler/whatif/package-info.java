/**
 * Questions about decisions: why is a pod where it is or not anywhere ({@link io.kubrig.scheduler.whatif.Explainer}), where would pods go
 * and how many of them fit ({@link io.kubrig.scheduler.whatif.Planner}). Nothing here writes to a cluster: the same plugins decide over a
 * state that is read from a running scheduler, from an API server, or from a file ({@link io.kubrig.scheduler.whatif.ClusterDump}).
 */
package io.kubrig.scheduler.whatif;
