package io.kubrig.operators.history;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.ApiErrors;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.ownership.Claims;
import io.kubrig.operators.ownership.Selector;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** The revisions of owners: finding, adopting, writing and forgetting them. */
public final class RevisionHistory {
  /** By revision, then age, then name. */
  public static final Comparator<ControllerRevision> ORDER = Comparator.<ControllerRevision>comparingLong(RevisionHistory::number)
      .thenComparing(Objects::created).thenComparing(revision -> revision.getMetadata().getName());

  private final Api api;
  private final Cached<ControllerRevision> revisions;

  /** A history over a cache, written through an api. */
  public RevisionHistory(Api api, Cached<ControllerRevision> revisions) {
    this.api = api;
    this.revisions = revisions;
  }

  /** A revision's number. */
  public static long number(ControllerRevision revision) {
    return revision.getRevision() == null ? 0 : revision.getRevision();
  }

  /** The number that comes after all of these. */
  public static long next(List<ControllerRevision> sorted) {
    return sorted.isEmpty() ? 1 : number(sorted.getLast()) + 1;
  }

  /** The owner's revisions that it selects, in their order, orphans adopted. Those that it controls and does not select are left alone. */
  public List<ControllerRevision> of(HasMetadata owner, Selector selector) {
    return claim(owner, selector, revision -> selector.matches(revision.getMetadata().getLabels()));
  }

  /** As {@link #of}, but revisions that the owner controls and does not select are released. */
  public List<ControllerRevision> claimed(HasMetadata owner, Selector selector) {
    return claim(owner, selector, revision -> true);
  }

  private List<ControllerRevision> claim(HasMetadata owner, Selector selector, Predicate<ControllerRevision> considered) {
    List<ControllerRevision> candidates = revisions.inNamespace(owner.getMetadata().getNamespace()).stream().filter(considered)
        .filter(revision -> Objects.controllerOf(revision).isEmpty() || Claims.controls(owner, revision)).toList();
    List<ControllerRevision> own =
        new ArrayList<>(new Claims<ControllerRevision>(api, owner, selector, revision -> true).claim(candidates));
    own.sort(ORDER);
    return own;
  }

  /** The contents as a tree. */
  public static Map<?, ?> data(ControllerRevision revision) {
    return Objects.parse(Objects.json(revision.getData()), Map.class);
  }

  /** Whether a revision keeps this patch. */
  public static boolean holds(ControllerRevision revision, Map<String, ?> patch) {
    return data(revision).equals(Objects.parse(Objects.patch(patch), Map.class));
  }

  /** The pod template that a revision keeps. */
  public static Optional<PodTemplateSpec> template(ControllerRevision revision) {
    if (data(revision).get("spec") instanceof Map<?, ?> spec && spec.get("template") instanceof Map<?, ?> template) {
      Map<String, Object> plain = new LinkedHashMap<>();
      template.forEach((key, value) -> plain.put(key.toString(), value));
      plain.remove("$patch");
      return Optional.of(Objects.parse(Objects.patch(plain), PodTemplateSpec.class));
    }
    return Optional.empty();
  }

  /** Gives a revision another number. */
  public ControllerRevision renumber(ControllerRevision revision, long number) {
    if (number(revision) == number) {
      return revision;
    }
    ControllerRevision copy = Objects.copy(revision);
    copy.setRevision(number);
    return api.update(copy);
  }

  /** Creates a revision; empty when its name is taken by another content. @throws RuntimeException any other refusal */
  public Optional<ControllerRevision> create(ControllerRevision revision) {
    try {
      return Optional.of(api.create(revision));
    } catch (RuntimeException e) {
      if (!ApiErrors.isAlreadyExists(e)) {
        throw e;
      }
      return api.live(ControllerRevision.class, revision.getMetadata().getNamespace(), revision.getMetadata().getName())
          .filter(existing -> data(existing).equals(data(revision)));
    }
  }

  /** Puts a label on a revision. */
  public ControllerRevision label(ControllerRevision revision, String label, String value) {
    return api.patch(revision, PatchType.STRATEGIC_MERGE, Map.of("metadata", Map.of("labels", Map.of(label, value))));
  }

  /** Deletes a revision that may be gone already. */
  public void delete(ControllerRevision revision) {
    try {
      api.delete(revision);
    } catch (RuntimeException e) {
      if (!ApiErrors.isNotFound(e)) {
        throw e;
      }
    }
  }
}
