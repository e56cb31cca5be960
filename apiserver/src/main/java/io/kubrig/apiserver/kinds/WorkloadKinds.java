package io.kubrig.apiserver.kinds;

import io.kubrig.apiserver.kinds.apps.ControllerRevisions;
import io.kubrig.apiserver.kinds.apps.DaemonSets;
import io.kubrig.apiserver.kinds.apps.Deployments;
import io.kubrig.apiserver.kinds.apps.ReplicaSets;
import io.kubrig.apiserver.kinds.apps.ReplicationControllers;
import io.kubrig.apiserver.kinds.apps.StatefulSets;
import io.kubrig.apiserver.kinds.batch.CronJobs;
import io.kubrig.apiserver.kinds.batch.Jobs;
import io.kubrig.apiserver.kinds.pod.PodTemplates;
import io.kubrig.apiserver.kinds.pod.Pods;
import io.kubrig.apiserver.registry.Kind;
import java.util.Map;

/** Pods and everything that is made of pods: core's Pod, PodTemplate, ReplicationController, and the groups apps and batch. */
final class WorkloadKinds {
  private WorkloadKinds() {}

  static Map<String, Kind> all(Cluster cluster) {
    boolean privileged = cluster.settings().allowPrivileged();
    return Map.of(
        "/Pod", new Pods(privileged),
        "/PodTemplate", new PodTemplates(privileged),
        "/ReplicationController", new ReplicationControllers(privileged),
        "apps/Deployment", new Deployments(privileged),
        "apps/ReplicaSet", new ReplicaSets(privileged),
        "apps/StatefulSet", new StatefulSets(privileged, cluster.settings().features().enabled("MaxUnavailableStatefulSet", false)),
        "apps/DaemonSet", new DaemonSets(privileged),
        "apps/ControllerRevision", new ControllerRevisions(),
        "batch/Job", new Jobs(privileged),
        "batch/CronJob", new CronJobs(privileged));
  }
}
