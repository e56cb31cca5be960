package io.kubrig.operators.why;

import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What a controller manager's {@code /debug/waiting} says of the objects of a chain. */
public final class ManagerView {
  private static final Set<String> NAMED_OTHERWISE = Set.of("endpoints-controller", "endpointslice-controller", "service-lb-controller",
      "persistentvolume-binder-controller", "horizontal-pod-autoscaler-controller", "garbage-collector-controller",
      "disruption-controller", "persistentvolumeclaim-protection-controller", "persistentvolume-protection-controller",
      "pod-garbage-collector-controller", "taint-eviction-controller");

  private ManagerView() {}

  /** The chain with what the manager waits for below it. @param page the text of {@code /debug/waiting} */
  public static Finding add(Finding chain, String page) {
    Tree root = Json.readTree(page);
    Set<String> objects = chain.all().map(Finding::object).collect(Collectors.toCollection(TreeSet::new));
    List<Finding> waits = new ArrayList<>();
    if (Boolean.FALSE.equals(root.get("leading"))) {
      waits.add(Finding.waiting("controller manager", "does not lead: another one acts").seen("/debug/waiting: leading is false"));
    }
    texts(root, "unsyncedCaches").forEach(kind -> waits.add(
        Finding.waiting("controller manager", "has not read all objects of kind " + kind).seen("/debug/waiting: unsyncedCaches")));
    for (Tree controller : trees(root, "controllers")) {
      waits.addAll(controller(controller, objects));
    }
    return chain.because(waits);
  }

  private static List<Finding> controller(Tree controller, Set<String> objects) {
    String name = controller.string("name");
    List<Finding> waits = new ArrayList<>();
    texts(controller, "awaitedWrites").forEach(write -> waits.add(Finding.waiting(name,
        "acts no further until it knows what became of its write of " + write).seen("/debug/waiting: awaitedWrites")));
    for (Tree entry : trees(controller, "retries")) {
      object(name, entry, objects).ifPresent(object -> waits.add(Finding.waiting(name,
          "has failed " + entry.get("failures") + " times in a row with " + object
              + (entry.has("nextAttempt") ? ", tries again at " + entry.string("nextAttempt") : ", is trying again"))
          .seen("last error: " + entry.string("lastError"))));
    }
    for (Tree entry : trees(controller, "delayed")) {
      object(name, entry, objects).ifPresent(object -> waits.add(Finding.waiting(name,
          "looks at " + object + " again at " + entry.string("at")).seen("reason: " + entry.string("reason"))));
    }
    for (Tree entry : trees(controller, "queued")) {
      object(name, entry, objects).ifPresent(object -> waits.add(Finding.waiting(name, object + " waits in its queue for "
          + entry.get("seconds") + "s, with " + controller.get("queueLength") + " others or less before it")));
    }
    return waits;
  }

  /** The object of the chain that an entry of a controller means. */
  private static Optional<String> object(String controller, Tree entry, Set<String> objects) {
    String key = entry.string("key");
    String kind = controller.replaceFirst("-controller$", "");
    if (objects.contains(kind + " " + key)) {
      return Optional.of(kind + " " + key);
    }
    return !NAMED_OTHERWISE.contains(controller) ? Optional.empty()
        : objects.stream().filter(object -> object.endsWith(" " + key)).findFirst();
  }

  private static List<Tree> trees(Tree parent, String name) {
    return parent.get(name) instanceof List<?> list ? list.stream().filter(Tree.class::isInstance).map(Tree.class::cast).toList()
        : List.of();
  }

  private static List<String> texts(Tree parent, String name) {
    return parent.get(name) instanceof List<?> list ? list.stream().map(String::valueOf).toList() : List.of();
  }
}
