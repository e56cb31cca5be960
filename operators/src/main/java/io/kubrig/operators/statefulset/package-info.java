/**
 * StatefulSets: pods with names, numbers and storage of their own.
 *
 * <p>{@link io.kubrig.operators.statefulset.StatefulSetController} observes and acts; {@code StatefulSetPlan} is what is to be done and
 * {@code StatefulSetPlanner} finds it; {@code Identity} is a pod's name, labels and volumes; {@code PodClaims} its storage; {@code
 * SetRevisions} the set's two revisions.
 */
package io.kubrig.operators.statefulset;
