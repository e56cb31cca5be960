/**
 * The scheduler. Where to begin:
 * <ul>
 *   <li>{@link io.kubrig.scheduler.SchedulerFactory} makes it from kube-scheduler's command line and configuration file;
 *   <li>{@code cycle} is the heart: {@link io.kubrig.scheduler.cycle.Scheduler} takes pods from the queue, {@link
 *       io.kubrig.scheduler.cycle.NodeFinder} decides, {@code BindingCycle} binds; one {@link io.kubrig.scheduler.cycle.EventLoop} thread
 *       owns all state;
 *   <li>{@code queue} is what waits, and which events wake it; {@code state} is the cluster as the scheduler believes it to be; {@code
 *       model} is pods, nodes, selectors and resources in the form decisions need;
 *   <li>{@code framework} is the extension points and {@link io.kubrig.scheduler.framework.Profile}, the rules by which plugins' answers
 *       become one; {@code plugins} has one package per built-in plugin, and {@code plugins.external} those from jars; {@code extender}
 *       asks services outside, and is one;
 *   <li>{@code whatif} answers questions: why is a pod where it is, where would pods go;
 *   <li>{@code config} reads {@code KubeSchedulerConfiguration}; {@code api} is what the scheduler asks of the API, {@code simulation} an
 *       API in memory; {@code events}, {@code metrics} and {@code explain} tell what happened.
 * </ul>
 */
package io.kubrig.scheduler;
