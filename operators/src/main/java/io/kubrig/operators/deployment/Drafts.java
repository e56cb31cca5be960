package io.kubrig.operators.deployment;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentSpec;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatusBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetSpec;

/**
 * Copies of what a rollout changes: metadata, the fields of the spec themselves, a deployment's status. What hangs on a spec (template,
 * selector, strategy) is shared with the original and may be replaced, but not changed.
 */
final class Drafts {
  private Drafts() {}

  /** A deployment's draft; it has a status. */
  static Deployment of(Deployment deployment) {
    DeploymentSpec from = deployment.getSpec();
    DeploymentSpec spec = new DeploymentSpec(from.getMinReadySeconds(), from.getPaused(), from.getProgressDeadlineSeconds(),
        from.getReplicas(), from.getRevisionHistoryLimit(), from.getSelector(), from.getStrategy(), from.getTemplate());
    spec.setAdditionalProperties(from.getAdditionalProperties());
    DeploymentStatus status = deployment.getStatus() == null ? new DeploymentStatus()
        : new DeploymentStatusBuilder(deployment.getStatus()).build();
    Deployment draft = new Deployment(deployment.getApiVersion(), deployment.getKind(), metadata(deployment.getMetadata()), spec, status);
    draft.setAdditionalProperties(deployment.getAdditionalProperties());
    return draft;
  }

  /** A set's draft; its status is shared, too. */
  static ReplicaSet of(ReplicaSet set) {
    ReplicaSetSpec from = set.getSpec();
    ReplicaSetSpec spec = new ReplicaSetSpec(from.getMinReadySeconds(), from.getReplicas(), from.getSelector(), from.getTemplate());
    spec.setAdditionalProperties(from.getAdditionalProperties());
    ReplicaSet draft = new ReplicaSet(set.getApiVersion(), set.getKind(), metadata(set.getMetadata()), spec, set.getStatus());
    draft.setAdditionalProperties(set.getAdditionalProperties());
    return draft;
  }

  private static ObjectMeta metadata(ObjectMeta metadata) {
    return new ObjectMetaBuilder(metadata).build();
  }
}
