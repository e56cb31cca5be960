/**
 * Why an object is not what it should be: the chain from it to what holds it up ({@code kubrig why deployment/NAME}).
 *
 * <ul>
 *   <li>{@link io.kubrig.operators.why.Facts}: what was read of the API, and at what time; {@link io.kubrig.operators.why.Gatherer}
 *       reads it.
 *   <li>{@link io.kubrig.operators.why.Why}: facts in, a {@link io.kubrig.operators.why.Finding} out, pure; one class per sort of object
 *       ({@code DeploymentChain}, {@code PodChain}, …), each of the shape {@code Finding of(object, facts)}.
 *   <li>{@link io.kubrig.operators.why.WhyText}: findings for people; {@link io.kubrig.operators.why.ManagerView}: what a running
 *       controller manager adds.
 * </ul>
 *
 * <p>Every finding names what it was read from (a field, a condition, an event). Nothing is guessed: what the API does not tell is not
 * said.
 */
package io.kubrig.operators.why;
