package io.kubrig.operators.statefulset;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.ControllerRevisionBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.hash.Hashes;
import io.kubrig.operators.history.RevisionHistory;
import io.kubrig.operators.ownership.Claims;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The two revisions that matter to a set.
 *
 * @param current where it comes from
 * @param update where it goes to
 * @param collisions how often a revision's name was taken
 */
record SetRevisions(ControllerRevision current, ControllerRevision update, int collisions) {
  private static final String HASH = "controller.kubernetes.io/hash";
  private static final int NAME_PREFIX = 223;

  /** Finds the revisions, making or renumbering the one of the current template where needed. */
  static SetRevisions sync(RevisionHistory history, StatefulSet set, List<ControllerRevision> known) {
    Map<String, Object> patch = Hashes.templatePatch(set.getSpec().getTemplate());
    int collisions = set.getStatus() == null ? 0 : Objects.orElse(set.getStatus().getCollisionCount(), 0);
    Optional<ControllerRevision> equal = known.stream().filter(revision -> RevisionHistory.holds(revision, patch)).reduce((a, b) -> b);
    ControllerRevision update;
    if (equal.isPresent()) {
      boolean latest = equal.get() == known.getLast();
      update = latest ? equal.get() : history.renumber(equal.get(), RevisionHistory.next(known));
    } else {
      Optional<ControllerRevision> created = history.create(revision(set, patch, RevisionHistory.next(known), collisions));
      while (created.isEmpty()) {
        collisions++;
        created = history.create(revision(set, patch, RevisionHistory.next(known), collisions));
      }
      update = created.get();
    }
    String currentName = set.getStatus() == null ? null : set.getStatus().getCurrentRevision();
    ControllerRevision current = known.stream().filter(r -> r.getMetadata().getName().equals(currentName)).findFirst().orElse(update);
    return new SetRevisions(current, update, collisions);
  }

  private static ControllerRevision revision(StatefulSet set, Map<String, Object> patch, long number, int collisions) {
    String hash = Hashes.revision(patch, collisions);
    String name = set.getMetadata().getName();
    Map<String, String> labels = new LinkedHashMap<>();
    if (set.getSpec().getTemplate().getMetadata() != null) {
      labels.putAll(Objects.orEmpty(set.getSpec().getTemplate().getMetadata().getLabels()));
    }
    labels.put(HASH, hash);
    return new ControllerRevisionBuilder()
        .withNewMetadata().withName((name.length() > NAME_PREFIX ? name.substring(0, NAME_PREFIX) : name) + "-" + hash)
        .withNamespace(set.getMetadata().getNamespace()).withLabels(labels).withOwnerReferences(Claims.controllerReference(set))
        .withAnnotations(set.getMetadata().getAnnotations()).endMetadata()
        .withData(patch).withRevision(number).build();
  }

  /** The revisions that nobody uses any more beyond the set's limit, oldest first. */
  List<ControllerRevision> superfluous(StatefulSet set, List<Pod> pods, List<ControllerRevision> known) {
    Set<String> live = Stream.concat(Stream.of(current.getMetadata().getName(), update.getMetadata().getName()),
        pods.stream().map(Identity::revision))
        .collect(Collectors.toSet());
    List<ControllerRevision> dead = known.stream().filter(revision -> !live.contains(revision.getMetadata().getName())).toList();
    int limit = Objects.orElse(set.getSpec().getRevisionHistoryLimit(), 10);
    return dead.subList(0, Math.max(0, dead.size() - limit));
  }
}
