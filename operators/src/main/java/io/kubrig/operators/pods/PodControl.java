package io.kubrig.operators.pods;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.ApiErrors;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.events.EventRecorder;
import io.kubrig.operators.ownership.Claims;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/** Makes and deletes the pods of an owner, and says so in events of the owner. */
public final class PodControl {
  private static final int NAME_LIMIT = 253;

  private final Api api;
  private final EventRecorder events;

  /** Writes through an api, speaks through a recorder. */
  public PodControl(Api api, EventRecorder events) {
    this.api = api;
    this.events = events;
  }

  /** A pod of a template, named after its owner by the server and controlled by it. */
  public static Pod fromTemplate(PodTemplateSpec template, HasMetadata owner) {
    String name = owner.getMetadata().getName();
    String prefix = name.length() + 1 <= NAME_LIMIT ? name + "-" : name;
    var metadata = template.getMetadata();
    return new PodBuilder()
        .withNewMetadata()
        .withGenerateName(prefix)
        .withNamespace(owner.getMetadata().getNamespace())
        .withLabels(metadata == null ? null : new LinkedHashMap<>(Objects.orEmpty(metadata.getLabels())))
        .withAnnotations(metadata == null ? null : new LinkedHashMap<>(Objects.orEmpty(metadata.getAnnotations())))
        .withFinalizers(metadata == null ? List.of() : new ArrayList<>(Objects.orEmpty(metadata.getFinalizers())))
        .withOwnerReferences(List.<OwnerReference>of(Claims.controllerReference(owner)))
        .endMetadata()
        .withSpec(Objects.copy(template.getSpec()))
        .build();
  }

  /** Creates a pod. @throws RuntimeException the server's refusal, told in an event unless the namespace is going away */
  public Pod create(Pod pod, HasMetadata owner) {
    try {
      Pod created = api.create(pod);
      events.normal(owner, "SuccessfulCreate", "Created pod: " + created.getMetadata().getName());
      return created;
    } catch (RuntimeException e) {
      if (!ApiErrors.isTerminating(e)) {
        events.warning(owner, "FailedCreate", "Error creating: " + ApiErrors.message(e));
      }
      throw e;
    }
  }

  /** Deletes a pod that is still this one; one that is gone already is no failure. */
  public void delete(Pod pod, HasMetadata owner) {
    try {
      api.delete(pod);
      events.normal(owner, "SuccessfulDelete", "Deleted pod: " + pod.getMetadata().getName());
    } catch (RuntimeException e) {
      if (ApiErrors.isNotFound(e)) {
        return;
      }
      events.warning(owner, "FailedDelete", "Error deleting: " + ApiErrors.message(e));
      throw e;
    }
  }
}
