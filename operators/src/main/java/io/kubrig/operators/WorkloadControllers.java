package io.kubrig.operators;

import io.kubrig.operators.daemonset.DaemonSetController;
import io.kubrig.operators.deployment.DeploymentController;
import io.kubrig.operators.job.JobController;
import io.kubrig.operators.replicas.ReplicaController;
import io.kubrig.operators.replicaset.ReplicaSets;
import io.kubrig.operators.replicationcontroller.ReplicationControllers;
import io.kubrig.operators.statefulset.StatefulSetController;
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
            "concurrent-rc-syncs", context -> new ReplicaController<>(new ReplicationControllers(), "replication-controller", context)));
  }
}
