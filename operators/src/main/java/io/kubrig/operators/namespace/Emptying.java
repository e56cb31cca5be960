package io.kubrig.operators.namespace;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.kubrig.operators.engine.Objects;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What came of one attempt to empty a namespace. Filled while it goes on. */
final class Emptying {
  /** How long finalizers are given. */
  static final Duration FINALIZERS = Duration.ofSeconds(15);

  private final Map<String, Integer> remaining = new TreeMap<>();
  private final Map<String, Integer> finalizers = new TreeMap<>();
  private final Map<String, String> undiscovered = new TreeMap<>();
  private final List<String> failures = new ArrayList<>();
  private Duration estimate = Duration.ZERO;
  private boolean podsFirst;

  /** How many objects of a resource are left, by the resource. */
  Map<String, Integer> remaining() {
    return remaining;
  }

  /** How many objects each finalizer holds. */
  Map<String, Integer> finalizers() {
    return finalizers;
  }

  /** Why a group's version could not be discovered. */
  Map<String, String> undiscovered() {
    return undiscovered;
  }

  /** Why objects could not be deleted. */
  List<String> failures() {
    return failures;
  }

  /** How long what is left may take; zero when nothing is to be waited for. */
  Duration estimate() {
    return estimate;
  }

  /** Whether pods are left, so that nothing else was touched. */
  boolean waitsForPods() {
    return podsFirst;
  }

  /** Whether anything went wrong. */
  boolean failed() {
    return !failures.isEmpty() || !undiscovered.isEmpty();
  }

  /**
   * What is left of a resource; of one that is gone nothing is to be waited for, however long its objects might have taken.
   *
   * @param grace how long the objects may take to end; zero for those that should have gone at once, unless finalizers hold them
   * @param unexpected what to say about objects that nothing holds
   */
  void left(String resource, List<ObjectMeta> objects, Duration grace, String unexpected) {
    if (objects.isEmpty()) {
      return;
    }
    remaining.merge(resource, objects.size(), Integer::sum);
    List<String> held = objects.stream().flatMap(object -> Objects.orEmpty(object.getFinalizers()).stream()).toList();
    held.forEach(finalizer -> finalizers.merge(finalizer, 1, Integer::sum));
    if (!grace.isZero()) {
      takes(grace);
    } else if (held.isEmpty()) {
      failed(unexpected);
    } else {
      takes(FINALIZERS);
    }
  }

  private void takes(Duration time) {
    estimate = time.compareTo(estimate) > 0 ? time : estimate;
  }

  void failed(String message) {
    failures.add(message);
  }

  void undiscovered(Map<String, String> groups) {
    undiscovered.putAll(new LinkedHashMap<>(groups));
  }

  void podsRemain() {
    podsFirst = true;
  }
}
