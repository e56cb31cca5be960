/** ClusterRoles whose rules are gathered from others, chosen by label. */
package io.kubrig.operators.clusterroleaggregation;
