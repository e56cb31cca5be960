package io.kubrig.operators;

import io.kubrig.operators.cronjob.CronJobController;
import io.kubrig.operators.daemonset.DaemonSetController;
import io.kubrig.operators.deployment.DeploymentController;
import io.kubrig.operators.disruption.DisruptionController;
import io.kubrig.operators.horizontalpodautoscaler.HorizontalPodAutoscalerController;
import io.kubrig.operators.job.JobController;
import io.kubrig.operators.podgc.PodGcController;
import io.kubrig.operators.replicas.ReplicaController;
import io.kubrig.operators.replicaset.ReplicaSets;
import io.kubrig.operators.replicationcontroller.ReplicationControllers;
import io.kubrig.operators.statefulset.StatefulSetController;
import io.kubrig.operators.ttlafterfinished.TtlAfterFinishedController;
import java.util.List;

/** The controllers that make pods and see to them. */
final class WorkloadControllers {
  private WorkloadControllers() {}

  static List<ControllerDescriptor> all() {
    return List.of(
        new ControllerDescriptor("job-controller", "job", "job-controller", true, "concurrent-job-syncs", JobController::new),
        new ControllerDescriptor("daemonset-controller", "daemonset", "daemon-set-controller", true, "concurrent-daemonset-syncs",
            DaemonSetController::new),
        new ControllerDescriptor("deployment-controller", "deployment", "deployment-controller", true, "concurrent-deployment-syncs",
            DeploymentController::new),
        new ControllerDescriptor("statefulset-controller", "statefulset", "statefulset-controller", true, "concurrent-statefulset-syncs",
            StatefulSetController::new),
        new ControllerDescriptor("replicaset-controller", "replicaset", "replicaset-controller", true, "concurrent-replicaset-syncs",
            context -> new ReplicaController<>(new ReplicaSets(), "replicaset-controller", context)),
        new ControllerDescriptor("replicationcontroller-controller", "replicationcontroller", "replication-controller", true,
            "concurrent-rc-syncs", context -> new ReplicaController<>(new ReplicationControllers(), "replication-controller", context)),
        new ControllerDescriptor("cronjob-controller", "cronjob", "cronjob-controller", true, "concurrent-cron-job-syncs",
            CronJobController::new),
        new ControllerDescriptor("ttl-after-finished-controller", "ttl-after-finished", "ttl-after-finished-controller", true,
            "concurrent-ttl-after-finished-syncs", TtlAfterFinishedController::new),
        new ControllerDescriptor("pod-garbage-collector-controller", "podgc", "pod-garbage-collector", true, "", PodGcController::new),
        new ControllerDescriptor("horizontal-pod-autoscaler-controller", "horizontalpodautoscaling", "horizontal-pod-autoscaler", true,
            "concurrent-horizontal-pod-autoscaler-syncs", HorizontalPodAutoscalerController::new),
        new ControllerDescriptor("disruption-controller", "disruption", "disruption-controller", true, "", DisruptionController::new));
  }
}
