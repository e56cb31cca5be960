package io.kubrig.operators.daemonset;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.ControllerRevisionBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.hash.Hashes;
import io.kubrig.operators.history.RevisionHistory;
import io.kubrig.operators.ownership.Claims;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The revisions of a daemon set.
 *
 * @param current the one of the current template; empty when its name is taken by another template of the same hash
 * @param old all others, oldest first
 * @param duplicates further ones of the current template, which are to go once no pod is labelled with them
 */
record DaemonHistory(Optional<ControllerRevision> current, List<ControllerRevision> old, List<ControllerRevision> duplicates) {

  static DaemonHistory sync(RevisionHistory history, DaemonSet set, List<ControllerRevision> known) {
    Map<String, Object> patch = Hashes.templatePatch(set.getSpec().getTemplate());
    List<ControllerRevision> same = new ArrayList<>();
    List<ControllerRevision> old = new ArrayList<>();
    for (ControllerRevision revision : known) {
      ControllerRevision labelled = Objects.labels(revision).containsKey(DaemonPods.HASH) ? revision
          : history.label(revision, DaemonPods.HASH, revision.getMetadata().getName());
      (RevisionHistory.holds(labelled, patch) ? same : old).add(labelled);
    }
    long number = RevisionHistory.next(old);
    if (same.isEmpty()) {
      return new DaemonHistory(history.create(snapshot(set, patch, number)), old, List.of());
    }
    ControllerRevision kept = same.removeLast();
    if (RevisionHistory.number(kept) < number) {
      kept = history.renumber(kept, number);
    }
    return new DaemonHistory(Optional.of(kept), old, same);
  }

  private static ControllerRevision snapshot(DaemonSet set, Map<String, Object> patch, long number) {
    Integer collisions = set.getStatus() == null ? null : set.getStatus().getCollisionCount();
    String hash = Hashes.template(set.getSpec().getTemplate(), collisions);
    Map<String, String> labels = new LinkedHashMap<>();
    if (set.getSpec().getTemplate().getMetadata() != null) {
      labels.putAll(Objects.orEmpty(set.getSpec().getTemplate().getMetadata().getLabels()));
    }
    labels.put(DaemonPods.HASH, hash);
    return new ControllerRevisionBuilder()
        .withNewMetadata().withName(set.getMetadata().getName() + "-" + hash).withNamespace(set.getMetadata().getNamespace())
        .withLabels(labels).withAnnotations(set.getMetadata().getAnnotations()).withOwnerReferences(Claims.controllerReference(set))
            .endMetadata()
        .withData(patch).withRevision(number).build();
  }

  /** Old revisions beyond the set's limit that no pod is of. */
  List<ControllerRevision> superfluous(DaemonSet set, List<Pod> pods) {
    Set<String> live = pods.stream().map(pod -> Objects.labels(pod).getOrDefault(DaemonPods.HASH, "")).collect(Collectors.toSet());
    int surplus = old.size() - Objects.orElse(set.getSpec().getRevisionHistoryLimit(), 10);
    return old.stream().filter(revision -> !live.contains(Objects.labels(revision).get(DaemonPods.HASH))).limit(Math.max(0, surplus))
        .toList();
  }
}
