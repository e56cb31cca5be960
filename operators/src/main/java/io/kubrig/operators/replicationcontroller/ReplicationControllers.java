package io.kubrig.operators.replicationcontroller;

import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.ReplicationController;
import io.fabric8.kubernetes.api.model.ReplicationControllerBuilder;
import io.fabric8.kubernetes.api.model.ReplicationControllerCondition;
import io.fabric8.kubernetes.api.model.ReplicationControllerConditionBuilder;
import io.fabric8.kubernetes.api.model.ReplicationControllerStatus;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.ownership.Selector;
import io.kubrig.operators.replicas.ReplicaKind;
import io.kubrig.operators.replicas.ReplicaStatus;

/** How a ReplicationController is read and written. Its status does not count terminating pods. */
public final class ReplicationControllers implements ReplicaKind<ReplicationController> {
  @Override
  public Class<ReplicationController> type() {
    return ReplicationController.class;
  }

  @Override
  public int replicas(ReplicationController controller) {
    return Objects.orElse(controller.getSpec().getReplicas(), 1);
  }

  @Override
  public int minReadySeconds(ReplicationController controller) {
    return Objects.orElse(controller.getSpec().getMinReadySeconds(), 0);
  }

  @Override
  public Selector selector(ReplicationController controller) {
    return Selector.ofMap(controller.getSpec().getSelector());
  }

  @Override
  public PodTemplateSpec template(ReplicationController controller) {
    return controller.getSpec().getTemplate();
  }

  @Override
  public boolean countsTerminating() {
    return false;
  }

  @Override
  public ReplicaStatus status(ReplicationController controller) {
    ReplicationControllerStatus status = controller.getStatus() == null ? new ReplicationControllerStatus() : controller.getStatus();
    return new ReplicaStatus(Objects.orElse(status.getReplicas(), 0), Objects.orElse(status.getFullyLabeledReplicas(), 0),
        Objects.orElse(status.getReadyReplicas(), 0), Objects.orElse(status.getAvailableReplicas(), 0), null,
        status.getObservedGeneration() == null ? 0 : status.getObservedGeneration(),
        Objects.orEmpty(status.getConditions()).stream().map(ReplicationControllers::condition).toList());
  }

  private static ReplicaStatus.Condition condition(ReplicationControllerCondition c) {
    return new ReplicaStatus.Condition(c.getType(), c.getStatus(), c.getReason(), c.getMessage(), c.getLastTransitionTime());
  }

  private static ReplicationControllerCondition condition(ReplicaStatus.Condition c) {
    return new ReplicationControllerConditionBuilder().withType(c.type()).withStatus(c.status()).withReason(c.reason())
        .withMessage(c.message()).withLastTransitionTime(c.since()).build();
  }

  @Override
  public ReplicationController withStatus(ReplicationController controller, ReplicaStatus status) {
    return new ReplicationControllerBuilder(Objects.copy(controller))
        .withNewStatus()
        .withReplicas(status.replicas()).withFullyLabeledReplicas(status.fullyLabeled()).withReadyReplicas(status.ready())
        .withAvailableReplicas(status.available()).withObservedGeneration(status.observedGeneration())
        .withConditions(status.conditions().stream().map(ReplicationControllers::condition).toList())
        .endStatus().build();
  }
}
