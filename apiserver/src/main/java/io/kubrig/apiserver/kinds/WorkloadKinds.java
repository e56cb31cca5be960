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
    return Map.of(
        "/Pod", new Pods(),
        "/PodTemplate", new PodTemplates(),
        "/ReplicationController", new ReplicationControllers(),
        "apps/Deployment", new Deployments(),
        "apps/ReplicaSet", new ReplicaSets(),
        "apps/StatefulSet", new StatefulSets(),
        "apps/DaemonSet", new DaemonSets(),
        "apps/ControllerRevision", new ControllerRevisions(),
        "batch/Job", new Jobs(),
        "batch/CronJob", new CronJobs());
  }
}
