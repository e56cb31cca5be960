/**
 * Pod disruption budgets: how many pods may be taken away now.
 *
 * <p>{@link io.kubrig.operators.disruption.DisruptionController} observes and acts; {@code BudgetPlan} counts; {@code Scales} finds how
 * many pods the owners of pods want. Pods whose announced disruption never came lose the mark.
 */
package io.kubrig.operators.disruption;
