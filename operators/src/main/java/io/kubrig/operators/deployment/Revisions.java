package io.kubrig.operators.deployment;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.kubrig.operators.engine.Objects;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/** The annotations by which a deployment keeps book of its replica sets. */
final class Revisions {
  static final String REVISION = "deployment.kubernetes.io/revision";
  static final String HISTORY = "deployment.kubernetes.io/revision-history";
  static final String DESIRED = "deployment.kubernetes.io/desired-replicas";
  static final String MAX = "deployment.kubernetes.io/max-replicas";
  static final String ROLLBACK_TO = "deprecated.deployment.rollback.to";

  private static final int HISTORY_LIMIT = 2000;
  private static final Set<String> NOT_COPIED =
      Set.of("kubectl.kubernetes.io/last-applied-configuration", REVISION, HISTORY, DESIRED, MAX, ROLLBACK_TO);

  private Revisions() {}

  /** The revision of an object; zero when it has none, empty when it is no number. */
  static OptionalLong of(HasMetadata object) {
    String text = Objects.annotations(object).get(REVISION);
    if (text == null || text.isEmpty()) {
      return OptionalLong.of(0);
    }
    return number(text);
  }

  /** The highest revision of some sets. */
  static long highest(List<ReplicaSet> sets) {
    return sets.stream().mapToLong(set -> of(set).orElse(0)).max().orElse(0);
  }

  /** The second highest revision: what a rollback without a number means. */
  static long last(List<ReplicaSet> sets) {
    return sets.stream().mapToLong(set -> of(set).orElse(0)).filter(revision -> revision > 0).map(r -> -r).sorted().skip(1).map(r -> -r)
        .findFirst().orElse(0);
  }

  /** The annotations of the set of the current template. @param exists whether the set is on the server yet */
  static Map<String, String> ofNewSet(Deployment deployment, ReplicaSet set, long revision, boolean exists) {
    Map<String, String> annotations = new LinkedHashMap<>(Objects.annotations(set));
    Objects.annotations(deployment).forEach((key, value) -> {
      if (!NOT_COPIED.contains(key)) {
        annotations.put(key, value);
      }
    });
    String old = annotations.get(REVISION);
    OptionalLong oldRevision = old == null || old.isEmpty() ? OptionalLong.of(0) : number(old);
    if (oldRevision.isEmpty()) {
      return annotations;
    }
    if (oldRevision.getAsLong() < revision) {
      annotations.put(REVISION, Long.toString(revision));
      if (old != null) {
        remember(annotations, old);
      }
    }
    if (!exists) {
      annotations.putAll(sizes(deployment));
    }
    return annotations;
  }

  /** Adds a revision that a set had before to its history, oldest ones first out. */
  private static void remember(Map<String, String> annotations, String revision) {
    String history = annotations.getOrDefault(HISTORY, "");
    List<String> revisions = history.isEmpty() ? new ArrayList<>() : new ArrayList<>(Arrays.asList(history.split(",")));
    revisions.add(revision);
    while (revisions.size() > 1 && String.join(",", revisions).length() > HISTORY_LIMIT) {
      revisions.removeFirst();
    }
    annotations.put(HISTORY, String.join(",", revisions));
  }

  /** The annotations that tell a set what its deployment wants in all. */
  static Map<String, String> sizes(Deployment deployment) {
    int replicas = Surge.replicas(deployment);
    return Map.of(DESIRED, Integer.toString(replicas), MAX, Integer.toString(replicas + Surge.of(deployment).surge()));
  }

  /** What a set was told its deployment wanted. */
  static OptionalInt desired(ReplicaSet set) {
    return size(set, DESIRED);
  }

  /** What a set was told is the most its deployment may have. */
  static OptionalInt max(ReplicaSet set) {
    return size(set, MAX);
  }

  private static OptionalInt size(ReplicaSet set, String annotation) {
    String text = Objects.annotations(set).get(annotation);
    OptionalLong number = text == null ? OptionalLong.empty() : number(text);
    return number.isPresent() && number.getAsLong() == (int) number.getAsLong() ? OptionalInt.of((int) number.getAsLong())
        : OptionalInt.empty();
  }

  /** The deployment's annotations after a rollback to a set: the set's own, and what is never copied stays. */
  static Map<String, String> rolledBack(Deployment deployment, ReplicaSet set) {
    Map<String, String> annotations = new LinkedHashMap<>();
    Objects.annotations(deployment).forEach((key, value) -> {
      if (NOT_COPIED.contains(key)) {
        annotations.put(key, value);
      }
    });
    Objects.annotations(set).forEach((key, value) -> {
      if (!NOT_COPIED.contains(key)) {
        annotations.put(key, value);
      }
    });
    return annotations;
  }

  private static OptionalLong number(String text) {
    return text.matches("-?[0-9]{1,18}") ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
  }
}
