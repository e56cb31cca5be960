/**
 * The kubelet: pods in, containers out, statuses back.
 *
 * <p>The way of a pod: a {@code PodSource} (the API in {@code cluster}, a directory in {@code pod.StaticPods}) tells
 * {@code pod.PodManager}, which gives each pod a {@code PodWorker} with a thread of its own. A turn of the worker reads what the runtime
 * knows ({@code RuntimeReader}), sets up volumes ({@code volume}), decides ({@code PodPlanner}, pure), acts ({@code PodActor}), and reports
 * ({@code status}, pure).
 *
 * <ul>
 *   <li>{@code config}: flags, {@code KubeletConfiguration}, and the component that puts everything together.
 *   <li>{@code cri}: the container runtime; its messages are compiled in the module beside this one.
 *   <li>{@code container}: how sandboxes and containers are described to the runtime: environment, resources, security, names.
 *   <li>{@code image}, {@code probe}, {@code logs}, {@code stats}: what their names say.
 *   <li>{@code node}: the node object, its status and its lease.
 *   <li>{@code server}: the HTTPS port: logs, exec, attach, port-forward, metrics.
 *   <li>{@code certificate}: the certificates of client and server: asked for, kept, renewed.
 *   <li>{@code containerd}: our own containerd, the pods' network and hand-made images, for a cluster on one machine.
 *   <li>{@code posix}: system calls, mounts, owners and modes.
 * </ul>
 *
 * <p>Not here yet: eviction under node pressure, collection of unused images, resource managers, in-place resize, device plugins, CSI and
 * other attached volumes, {@code /metrics/cadvisor}.
 */
package io.kubrig.kubelet;
