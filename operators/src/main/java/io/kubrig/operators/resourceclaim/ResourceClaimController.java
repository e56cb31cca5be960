package io.kubrig.operators.resourceclaim;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodResourceClaim;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaimBuilder;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaimConsumerReference;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaimConsumerReferenceBuilder;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaimStatus;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaimStatusBuilder;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaimTemplate;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.ApiErrors;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.engine.Outcome;
import io.kubrig.operators.engine.Queue;
import io.kubrig.operators.events.EventRecorder;
import io.kubrig.operators.ownership.Claims;
import io.kubrig.operators.pods.Pods;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Keeps the resource claims of pods. Keys: a pod, or a claim, each under its kind. */
public final class ResourceClaimController implements Controller {
  private static final String POD = "pod:";
  private static final String CLAIM = "claim:";
  private static final String PROTECTION = "resource.kubernetes.io/delete-protection";

  private final Api api;
  private final Cached<Pod> pods;
  private final Cached<ResourceClaim> claims;
  private final Cached<ResourceClaimTemplate> templates;
  private final EventRecorder events;

  /** A controller in a manager. */
  public ResourceClaimController(ControllerContext context) {
    this.api = context.api();
    this.pods = context.caches().of(Pod.class);
    this.claims = context.caches().of(ResourceClaim.class);
    this.templates = context.caches().of(ResourceClaimTemplate.class);
    this.events = context.events("resource_claim");
  }

  @Override
  public void watch(Queue queue) {
    pods.onChange(pod -> {
      if (!PodClaims.entries(pod).isEmpty()) {
        queue.add(key(POD, Key.of(pod)));
        PodClaims.entries(pod).forEach(entry -> PodClaims.name(pod, entry)
            .ifPresent(name -> queue.add(key(CLAIM, new Key(pod.getMetadata().getNamespace(), name)))));
      }
    });
    claims.onChange(claim -> {
      queue.add(key(CLAIM, Key.of(claim)));
      Objects.controllerOf(claim).filter(owner -> "Pod".equals(owner.getKind()))
          .ifPresent(owner -> queue.add(key(POD, new Key(claim.getMetadata().getNamespace(), owner.getName()))));
    });
    templates.watch(added -> pods.inNamespace(added.getMetadata().getNamespace()).stream()
        .filter(pod -> PodClaims.entries(pod).stream()
            .anyMatch(e -> added.getMetadata().getName().equals(e.getResourceClaimTemplateName())))
        .forEach(pod -> queue.add(key(POD, Key.of(pod)))), (before, after) -> { }, gone -> { });
  }

  private static Key key(String kind, Key object) {
    return new Key(kind + object.namespace(), object.name());
  }

  @Override
  public Outcome reconcile(Key key) {
    if (key.namespace().startsWith(POD)) {
      pods.get(new Key(key.namespace().substring(POD.length()), key.name()))
          .filter(pod -> !PodClaims.isDone(pod) && !Objects.isTerminating(pod))
          .ifPresent(this::provide);
    } else {
      claims.get(new Key(key.namespace().substring(CLAIM.length()), key.name())).ifPresent(this::clear);
    }
    return Outcome.DONE;
  }

  private void provide(Pod pod) {
    Map<String, String> made = new HashMap<>();
    for (PodResourceClaim entry : PodClaims.entries(pod)) {
      try {
        provide(pod, entry).ifPresent(name -> made.put(entry.getName(), name));
      } catch (RuntimeException e) {
        events.warning(pod, "FailedResourceClaimCreation", "PodResourceClaim " + entry.getName() + ": " + ApiErrors.message(e));
        throw e;
      }
    }
    if (!made.isEmpty()) {
      List<Map<String, String>> statuses = new ArrayList<>();
      made.forEach((entry, name) -> statuses.add(Map.of("name", entry, "resourceClaimName", name)));
      api.patch(pod, "status", PatchType.STRATEGIC_MERGE, Map.of("metadata", Map.of("uid", pod.getMetadata().getUid()),
          "status", Map.of("resourceClaimStatuses", statuses)));
    }
    if (Pods.isAssigned(pod)) {
      PodClaims.entries(pod).forEach(entry -> PodClaims.name(pod, entry).flatMap(name -> claims.get(pod.getMetadata().getNamespace(), name))
          .ifPresent(claim -> reserve(pod, claim)));
    }
  }

  /** Sees to the claim of an entry. Returns its name where the pod's status does not say it yet. */
  private Optional<String> provide(Pod pod, PodResourceClaim entry) {
    Optional<String> known = PodClaims.name(pod, entry);
    String namespace = pod.getMetadata().getNamespace();
    if (entry.getResourceClaimTemplateName() == null || known.isPresent() && claims.get(namespace, known.get()).isPresent()) {
      return Optional.empty();
    }
    Optional<ResourceClaim> existing = claims.controlledBy(pod.getMetadata().getUid()).stream()
        .filter(claim -> entry.getName().equals(Objects.annotations(claim).get(PodClaims.ENTRY)) && !Objects.isTerminating(claim))
            .findFirst();
    if (existing.isPresent()) {
      return existing.map(claim -> claim.getMetadata().getName());
    }
    ResourceClaimTemplate template = templates.get(namespace, entry.getResourceClaimTemplateName()).orElseThrow(() ->
        new IllegalStateException("resource claim template \"" + entry.getResourceClaimTemplateName()
            + "\": resourceclaimtemplate.resource.k8s.io \"" + entry.getResourceClaimTemplateName() + "\" not found"));
    return Optional.of(api.create(PodClaims.claim(pod, entry, template)).getMetadata().getName());
  }

  /** A pod that came to its node past the scheduler still reserves what is allocated. */
  private void reserve(Pod pod, ResourceClaim claim) {
    ResourceClaimStatus status = claim.getStatus();
    boolean reserved = status != null && Objects.orEmpty(status.getReservedFor()).stream()
        .anyMatch(consumer -> pod.getMetadata().getUid().equals(consumer.getUid()));
    if (status == null || status.getAllocation() == null || reserved) {
      return;
    }
    List<ResourceClaimConsumerReference> all = new ArrayList<>(Objects.orEmpty(status.getReservedFor()));
    all.add(new ResourceClaimConsumerReferenceBuilder().withResource("pods").withName(pod.getMetadata().getName())
        .withUid(pod.getMetadata().getUid()).build());
    api.updateStatus(new ResourceClaimBuilder(Objects.copy(claim)).editStatus().withReservedFor(all).endStatus().build());
  }

  private void clear(ResourceClaim claim) {
    List<ResourceClaimConsumerReference> reserved = claim.getStatus() == null ? List.of()
        : Objects.orEmpty(claim.getStatus().getReservedFor());
    List<ResourceClaimConsumerReference> valid = reserved.stream().filter(consumer -> isAlive(claim, consumer)).toList();
    ResourceClaim current = valid.size() == reserved.size() && !isIdle(claim, valid) ? claim : free(claim, valid);
    if (valid.isEmpty()) {
      deleteOf(current);
    }
  }

  private static boolean isIdle(ResourceClaim claim, List<ResourceClaimConsumerReference> valid) {
    boolean held = Objects.orEmpty(claim.getMetadata().getFinalizers()).contains(PROTECTION);
    return valid.isEmpty() && Objects.isTerminating(claim) && held;
  }

  private boolean isAlive(ResourceClaim claim, ResourceClaimConsumerReference consumer) {
    if (!"pods".equals(consumer.getResource()) || consumer.getApiGroup() != null && !consumer.getApiGroup().isEmpty()) {
      return true; // not ours to judge
    }
    String namespace = claim.getMetadata().getNamespace();
    Optional<Pod> pod = pods.get(namespace, consumer.getName()).filter(p -> consumer.getUid().equals(p.getMetadata().getUid()))
        .or(() -> api.live(Pod.class, namespace, consumer.getName()).filter(p -> consumer.getUid().equals(p.getMetadata().getUid())));
    return pod.filter(p -> !PodClaims.isDone(p)).isPresent();
  }

  /** Writes what is still reserved; a claim that nobody holds is given back. */
  private ResourceClaim free(ResourceClaim claim, List<ResourceClaimConsumerReference> valid) {
    ResourceClaimStatus old = claim.getStatus() == null ? new ResourceClaimStatus() : claim.getStatus();
    ResourceClaimStatusBuilder status = new ResourceClaimStatusBuilder(Objects.copy(old)).withReservedFor(valid);
    if (valid.isEmpty()) {
      status.withAllocation(null);
    }
    ResourceClaim current = claim;
    if (!status.build().equals(old)) {
      current = api.updateStatus(new ResourceClaimBuilder(Objects.copy(claim)).withStatus(status.build()).build());
    }
    List<String> finalizers = Objects.orEmpty(current.getMetadata().getFinalizers());
    if (valid.isEmpty() && finalizers.contains(PROTECTION)) {
      List<String> left = finalizers.stream().filter(finalizer -> !PROTECTION.equals(finalizer)).toList();
      current = api.update(new ResourceClaimBuilder(Objects.copy(current)).editMetadata().withFinalizers(left).endMetadata().build());
    }
    return current;
  }

  /** Deletes a claim that was made for a pod that has ended. */
  private void deleteOf(ResourceClaim claim) {
    Optional<OwnerReference> owner = Objects.controllerOf(claim).filter(ref -> "Pod".equals(ref.getKind()));
    Optional<Pod> pod = owner.flatMap(ref -> pods.get(claim.getMetadata().getNamespace(), ref.getName()))
        .filter(p -> Claims.controls(p, claim));
    if (pod.filter(PodClaims::isDone).isPresent() && !Objects.isTerminating(claim)) {
      try {
        api.delete(claim, Api.Deletion.ofUid(claim.getMetadata().getUid()));
      } catch (RuntimeException e) {
        if (!ApiErrors.isNotFound(e)) {
          throw e;
        }
      }
    }
  }
}
