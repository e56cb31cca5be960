/**
 * Scales what has a scale by what metrics say (autoscaling/v2).
 *
 * <p>From the outside in: the controller reads the target's scale ({@code ScaleTargets}) and asks {@code AutoscalerPlan}. The plan asks
 * {@code MetricProposals} how many pods each metric wants, which reads values through {@code MetricsSource} and counts with {@code
 * PodMath}; {@code Limits} holds the greatest proposal within bounds, rates and windows, by what {@code History} remembers.
 */
package io.kubrig.operators.horizontalpodautoscaler;
