/**
 * Deployments: one replica set per template, and the way from one to the next.
 *
 * <p>{@link io.kubrig.operators.deployment.DeploymentController} observes and acts; {@link io.kubrig.operators.deployment.DeploymentPlan}
 * is what is to be done; it comes from {@code Rollout} (which set gets how many pods), {@code Scaling} (proportions), {@code Revisions}
 * (annotations) and {@code DeploymentStatuses} (counts and conditions), all pure.
 */
package io.kubrig.operators.deployment;
