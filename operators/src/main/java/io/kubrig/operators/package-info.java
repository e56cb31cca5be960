/**
 * The controllers and the controller manager: kube-controller-manager's behaviour over shared caches.
 *
 * <p>Where things are:
 *
 * <ul>
 *   <li>{@link io.kubrig.operators.ControllerManagerFactory}: the way in; {@link io.kubrig.operators.ControllerManagerOptions}: flags by
 *       name; {@link io.kubrig.operators.ControllerDescriptor}: one line per controller, gathered by {@code ControllerRegistry}.
 *   <li>{@link io.kubrig.operators.engine}: caches, queue, writes, time. Read its package first.
 *   <li>{@link io.kubrig.operators.events}, {@link io.kubrig.operators.ownership}, {@link io.kubrig.operators.pods}, {@link
 *       io.kubrig.operators.hash}, {@code history}: what several controllers need.
 *   <li>One package per controller, all of one shape:
 * </ul>
 *
 * <pre>
 *   XController implements engine.Controller    watch(queue): which objects wake which keys
 *                                               reconcile(key): observe from caches, plan, apply, write the status
 *   XPlan.of(Observed) -> XPlan                 pure: what is known in, actions as values out, compared by value in tests
 * </pre>
 *
 * <p>A controller asks its {@link io.kubrig.operators.engine.ControllerContext} for caches ({@code context.caches().of(Pod.class)}, in
 * the constructor), for its {@link io.kubrig.operators.engine.Api} and for recorders of events. It may act on what the caches show at
 * once: they show its own writes. Time comes from the context's clock; what must happen later is {@code Outcome.after(delay)} or {@code
 * queue.addAfter(key, delay)}. Exceptions may fly: the key is retried with back-off, conflicts quietly. Objects from caches are shared
 * and must not be changed: {@code Objects.copy} first.
 */
package io.kubrig.operators;
