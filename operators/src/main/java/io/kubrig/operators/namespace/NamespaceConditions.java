package io.kubrig.operators.namespace;

import io.fabric8.kubernetes.api.model.NamespaceCondition;
import io.fabric8.kubernetes.api.model.NamespaceConditionBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The conditions of a namespace that is going away. */
final class NamespaceConditions {
  /** One condition type: how it reads when all is well. */
  private enum Type {
    DISCOVERY("NamespaceDeletionDiscoveryFailure", "ResourcesDiscovered", "All resources successfully discovered"),
    PARSING("NamespaceDeletionGroupVersionParsingFailure", "ParsedGroupVersions", "All legacy kube types successfully parsed"),
    DELETION("NamespaceDeletionContentFailure", "ContentDeleted", "All content successfully deleted, may be waiting on finalization"),
    REMAINING("NamespaceContentRemaining", "ContentRemoved", "All content successfully removed"),
    FINALIZERS("NamespaceFinalizersRemaining", "ContentHasNoFinalizers", "All content-preserving finalizers finished");

    private final String name;
    private final String reason;
    private final String message;

    Type(String name, String reason, String message) {
      this.name = name;
      this.reason = reason;
      this.message = message;
    }
  }

  private NamespaceConditions() {}

  /** The conditions after an attempt; those that say the same keep their time. */
  static List<NamespaceCondition> after(Emptying emptying, List<NamespaceCondition> before, String now) {
    List<NamespaceCondition> after = new ArrayList<>(before);
    for (Type type : Type.values()) {
      NamespaceCondition fresh = problem(type, emptying).map(text -> condition(type, "True", reason(type), text, now))
          .orElseGet(() -> condition(type, "False", type.reason, type.message, now));
      Optional<NamespaceCondition> old = before.stream().filter(c -> type.name.equals(c.getType())).findFirst();
      if (old.isEmpty()) {
        after.add(fresh);
      } else if (!says(old.get(), fresh)) {
        if (old.get().getStatus().equals(fresh.getStatus())) {
          fresh.setLastTransitionTime(old.get().getLastTransitionTime());
        }
        after.set(after.indexOf(old.get()), fresh);
      }
    }
    return after;
  }

  private static boolean says(NamespaceCondition old, NamespaceCondition fresh) {
    return fresh.getStatus().equals(old.getStatus()) && fresh.getReason().equals(old.getReason())
        && fresh.getMessage().equals(old.getMessage());
  }

  private static NamespaceCondition condition(Type type, String status, String reason, String message, String now) {
    return new NamespaceConditionBuilder().withType(type.name).withStatus(status).withReason(reason).withMessage(message)
        .withLastTransitionTime(now).build();
  }

  private static String reason(Type type) {
    return switch (type) {
      case DISCOVERY -> "DiscoveryFailed";
      case PARSING -> "GroupVersionParsingFailed";
      case DELETION -> "ContentDeletionFailed";
      case REMAINING -> "SomeResourcesRemain";
      case FINALIZERS -> "SomeFinalizersRemain";
    };
  }

  private static Optional<String> problem(Type type, Emptying emptying) {
    return switch (type) {
      case DISCOVERY -> discovery(emptying.undiscovered());
      case PARSING -> Optional.empty();
      case DELETION -> failures(emptying.failures());
      case REMAINING -> emptying.waitsForPods() ? Optional.empty()
          : listed("Some resources are remaining: ", "%s has %d resource instances", emptying.remaining());
      case FINALIZERS -> emptying.waitsForPods() ? Optional.empty()
          : listed("Some content in the namespace has finalizers remaining: ", "%s in %d resource instances", emptying.finalizers());
    };
  }

  private static Optional<String> discovery(Map<String, String> failures) {
    if (failures.isEmpty()) {
      return Optional.empty();
    }
    String each = failures.entrySet().stream().map(e -> e.getKey().isEmpty() ? e.getValue() : e.getKey() + ": " + e.getValue())
        .collect(Collectors.joining(", "));
    return Optional.of("Discovery failed for some groups, " + failures.size()
        + " failing: unable to retrieve the complete list of server APIs: " + each);
  }

  private static Optional<String> failures(List<String> failures) {
    return failures.isEmpty() ? Optional.empty()
        : Optional.of("Failed to delete all resource types, " + failures.size() + " remaining: " + String.join(", ", failures));
  }

  private static Optional<String> listed(String start, String format, Map<String, Integer> counts) {
    return counts.isEmpty() ? Optional.empty() : Optional.of(start
        + counts.entrySet().stream().map(e -> format.formatted(e.getKey(), e.getValue())).sorted().collect(Collectors.joining(", ")));
  }
}
