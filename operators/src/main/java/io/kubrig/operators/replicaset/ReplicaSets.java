package io.kubrig.operators.replicaset;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetCondition;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetConditionBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatus;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatusBuilder;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.ownership.Selector;
import io.kubrig.operators.replicas.ReplicaKind;
import io.kubrig.operators.replicas.ReplicaStatus;

/** How a ReplicaSet is read and written. */
public final class ReplicaSets implements ReplicaKind<ReplicaSet> {
  @Override
  public Class<ReplicaSet> type() {
    return ReplicaSet.class;
  }

  @Override
  public int replicas(ReplicaSet set) {
    return Objects.orElse(set.getSpec().getReplicas(), 1);
  }

  @Override
  public int minReadySeconds(ReplicaSet set) {
    return Objects.orElse(set.getSpec().getMinReadySeconds(), 0);
  }

  @Override
  public Selector selector(ReplicaSet set) {
    return Selector.of(set.getSpec().getSelector());
  }

  @Override
  public PodTemplateSpec template(ReplicaSet set) {
    return set.getSpec().getTemplate();
  }

  @Override
  public ReplicaStatus status(ReplicaSet set) {
    ReplicaSetStatus status = set.getStatus() == null ? new ReplicaSetStatus() : set.getStatus();
    return new ReplicaStatus(Objects.orElse(status.getReplicas(), 0), Objects.orElse(status.getFullyLabeledReplicas(), 0),
        Objects.orElse(status.getReadyReplicas(), 0), Objects.orElse(status.getAvailableReplicas(), 0), status.getTerminatingReplicas(),
        status.getObservedGeneration() == null ? 0 : status.getObservedGeneration(),
        Objects.orEmpty(status.getConditions()).stream().map(ReplicaSets::condition).toList());
  }

  private static ReplicaStatus.Condition condition(ReplicaSetCondition c) {
    return new ReplicaStatus.Condition(c.getType(), c.getStatus(), c.getReason(), c.getMessage(), c.getLastTransitionTime());
  }

  private static ReplicaSetCondition condition(ReplicaStatus.Condition c) {
    return new ReplicaSetConditionBuilder().withType(c.type()).withStatus(c.status()).withReason(c.reason()).withMessage(c.message())
        .withLastTransitionTime(c.since()).build();
  }

  @Override
  public ReplicaSet withStatus(ReplicaSet set, ReplicaStatus status) {
    ReplicaSetStatus fresh = new ReplicaSetStatusBuilder()
        .withReplicas(status.replicas()).withFullyLabeledReplicas(status.fullyLabeled()).withReadyReplicas(status.ready())
        .withAvailableReplicas(status.available()).withTerminatingReplicas(status.terminating())
        .withObservedGeneration(status.observedGeneration())
        .withConditions(status.conditions().stream().map(ReplicaSets::condition).toList())
        .build();
    ReplicaSet copy = new ReplicaSet(
        set.getApiVersion(), set.getKind(), new ObjectMetaBuilder(set.getMetadata()).build(), set.getSpec(), fresh);
    copy.setAdditionalProperties(set.getAdditionalProperties());
    return copy;
  }
}
