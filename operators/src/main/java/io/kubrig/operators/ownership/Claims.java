package io.kubrig.operators.ownership;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.ApiErrors;
import io.kubrig.operators.engine.Objects;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * One owner's claim on objects: it keeps what it controls and selects, adopts orphans that it selects, and releases what it no longer
 * selects. Before the first adoption it looks at the API server whether it is still itself and not being deleted.
 *
 * @param <T> the kind that is claimed
 */
public final class Claims<T extends HasMetadata> {
  private final Api api;
  private final HasMetadata owner;
  private final Selector selector;
  private final Predicate<T> adoptable;
  private final List<String> finalizersOnAdoption;
  private boolean mayAdopt;

  /** @param adoptable which selected orphans may be taken at all */
  public Claims(Api api, HasMetadata owner, Selector selector, Predicate<T> adoptable) {
    this(api, owner, selector, adoptable, List.of());
  }

  /** @param finalizers are put on an object when it is adopted */
  public Claims(Api api, HasMetadata owner, Selector selector, Predicate<T> adoptable, List<String> finalizers) {
    this.api = api;
    this.owner = owner;
    this.selector = selector;
    this.adoptable = adoptable;
    this.finalizersOnAdoption = List.copyOf(finalizers);
  }

  /** The reference that makes an object a controller's own. */
  public static OwnerReference controllerReference(HasMetadata owner) {
    return new OwnerReferenceBuilder()
        .withApiVersion(owner.getApiVersion()).withKind(owner.getKind())
        .withName(owner.getMetadata().getName()).withUid(owner.getMetadata().getUid())
        .withBlockOwnerDeletion(true).withController(true).build();
  }

  /** Whether an object's controller is this very owner. */
  public static boolean controls(HasMetadata owner, HasMetadata object) {
    return Objects.controllerOf(object).map(OwnerReference::getUid).filter(owner.getMetadata().getUid()::equals).isPresent();
  }

  /**
   * The objects that are the owner's after adoption and release.
   *
   * @throws RuntimeException the first refusal that is not simply "someone else was quicker"; the other objects were tried
   */
  public List<T> claim(List<T> candidates) {
    List<T> claimed = new ArrayList<>();
    RuntimeException failure = null;
    for (T candidate : candidates) {
      try {
        claim(candidate).ifPresent(claimed::add);
      } catch (RuntimeException e) {
        failure = failure == null ? e : failure;
      }
    }
    if (failure != null) {
      throw failure;
    }
    return claimed;
  }

  private Optional<T> claim(T candidate) {
    Optional<OwnerReference> controller = Objects.controllerOf(candidate);
    if (controller.isPresent()) {
      return keepOrRelease(candidate, controller.get());
    }
    boolean wanted = !Objects.isTerminating(owner) && selects(candidate) && !Objects.isTerminating(candidate) && adoptable.test(candidate)
        && java.util.Objects.equals(owner.getMetadata().getNamespace(), candidate.getMetadata().getNamespace());
    return wanted ? adopt(candidate) : Optional.empty();
  }

  private Optional<T> keepOrRelease(T candidate, OwnerReference controller) {
    if (!controller.getUid().equals(owner.getMetadata().getUid())) {
      return Optional.empty();
    }
    if (selects(candidate)) {
      return Optional.of(candidate);
    }
    if (!Objects.isTerminating(owner)) {
      release(candidate);
    }
    return Optional.empty();
  }

  private boolean selects(T candidate) {
    return selector.matches(candidate.getMetadata().getLabels());
  }

  private Optional<T> adopt(T orphan) {
    checkMayAdopt();
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("ownerReferences", List.of(Map.of("apiVersion", owner.getApiVersion(), "kind", owner.getKind(),
        "name", owner.getMetadata().getName(), "uid", owner.getMetadata().getUid(), "controller", true, "blockOwnerDeletion", true)));
    metadata.put("uid", orphan.getMetadata().getUid());
    if (!finalizersOnAdoption.isEmpty()) {
      metadata.put("finalizers", finalizersOnAdoption);
    }
    try {
      return Optional.of(api.patch(orphan, PatchType.STRATEGIC_MERGE, Map.of("metadata", metadata)));
    } catch (RuntimeException e) {
      if (ApiErrors.isNotFound(e)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Takes the owner's reference (and the finalizers of adoption) off an object. */
  private void release(T object) {
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("ownerReferences", List.of(Map.of("$patch", "delete", "uid", owner.getMetadata().getUid())));
    metadata.put("uid", object.getMetadata().getUid());
    if (!finalizersOnAdoption.isEmpty()) {
      metadata.put("$deleteFromPrimitiveList/finalizers", finalizersOnAdoption);
    }
    try {
      api.patch(object, PatchType.STRATEGIC_MERGE, Map.of("metadata", metadata));
    } catch (RuntimeException e) {
      // gone, or another object of the same name by now: either way it is no longer ours
      if (!ApiErrors.isNotFound(e) && !ApiErrors.isInvalid(e)) {
        throw e;
      }
    }
  }

  private void checkMayAdopt() {
    if (mayAdopt) {
      return;
    }
    HasMetadata live = api.live(owner.getClass(), owner.getMetadata().getNamespace(), owner.getMetadata().getName())
        .filter(found -> found.getMetadata().getUid().equals(owner.getMetadata().getUid()))
        .orElseThrow(() -> new OwnerGone(owner, "is gone"));
    if (Objects.isTerminating(live)) {
      throw new OwnerGone(owner, "has just been deleted at " + live.getMetadata().getDeletionTimestamp());
    }
    mayAdopt = true;
  }

  /** The cached owner is no longer the one on the server; its next event brings the truth. */
  public static final class OwnerGone extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OwnerGone(HasMetadata owner, String how) {
      super("can't adopt: " + owner.getKind() + " " + owner.getMetadata().getNamespace() + "/" + owner.getMetadata().getName() + " " + how);
    }
  }
}
