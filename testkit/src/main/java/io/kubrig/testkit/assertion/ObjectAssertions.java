package io.kubrig.testkit.assertion;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.assertj.core.api.AbstractAssert;

/** Assertions about one object of any kind. */
public final class ObjectAssertions extends AbstractAssert<ObjectAssertions, HasMetadata> {
  private static final Pattern ITEM = Pattern.compile("(.*)\\[(.+)=(.+)]");

  ObjectAssertions(HasMetadata object) {
    super(object, ObjectAssertions.class);
  }

  /** Has a status condition of that type with that status ({@code True}, {@code False}, {@code Unknown}). */
  public ObjectAssertions hasCondition(String type, String status) {
    isNotNull();
    List<Map<String, Object>> conditions = conditions();
    if (conditions.stream().noneMatch(condition -> type.equals(condition.get("type")) && status.equals(condition.get("status")))) {
      failWithMessage("Expected %s to have condition %s=%s, but its conditions are%n%s", named(), type, status, shown(conditions));
    }
    return this;
  }

  /** Has a status condition of that type with that reason. */
  public ObjectAssertions hasConditionBecause(String type, String reason) {
    isNotNull();
    List<Map<String, Object>> conditions = conditions();
    if (conditions.stream().noneMatch(condition -> type.equals(condition.get("type")) && reason.equals(condition.get("reason")))) {
      failWithMessage("Expected %s to have condition %s because of %s, but its conditions are%n%s", named(), type, reason,
          shown(conditions));
    }
    return this;
  }

  /** Has an owner reference to that very object. */
  public ObjectAssertions isOwnedBy(HasMetadata owner) {
    isNotNull();
    if (actual.getMetadata().getOwnerReferences().stream()
        .noneMatch(reference -> reference.getUid().equals(owner.getMetadata().getUid()))) {
      failWithMessage(
          "Expected %s to be owned by %s %s, but its owners are %s",
          named(), owner.getKind(), owner.getMetadata().getName(), actual.getMetadata().getOwnerReferences());
    }
    return this;
  }

  public ObjectAssertions hasFinalizer(String finalizer) {
    isNotNull();
    if (!actual.getMetadata().getFinalizers().contains(finalizer)) {
      failWithMessage("Expected %s to have finalizer %s, but it has %s", named(), finalizer, actual.getMetadata().getFinalizers());
    }
    return this;
  }

  public ObjectAssertions isBeingDeleted() {
    isNotNull();
    if (actual.getMetadata().getDeletionTimestamp() == null) {
      failWithMessage("Expected %s to be marked for deletion, but it is not", named());
    }
    return this;
  }

  /**
   * The field belongs to the manager.
   *
   * @param path such as {@code spec.replicas} or {@code spec.template.spec.containers[name=web].image}
   */
  public ObjectAssertions hasField(String path, String manager) {
    isNotNull();
    List<String> managers = managersOf(path);
    if (!managers.contains(manager)) {
      failWithMessage("Expected %s of %s to be managed by %s, but it is managed by %s", path, named(), manager, managers);
    }
    return this;
  }

  /** The field does not belong to the manager. */
  public ObjectAssertions hasFieldNotManagedBy(String path, String manager) {
    isNotNull();
    if (managersOf(path).contains(manager)) {
      failWithMessage("Expected %s of %s not to be managed by %s, but it is", path, named(), manager);
    }
    return this;
  }

  private List<String> managersOf(String path) {
    List<String> steps = steps(path);
    return actual.getMetadata().getManagedFields().stream()
        .filter(entry -> entry.getFieldsV1() != null && owns(entry.getFieldsV1().getAdditionalProperties(), steps))
        .map(ManagedFieldsEntry::getManager)
        .distinct()
        .toList();
  }

  /** {@code a.b[k=v].c} is {@code f:a}, {@code f:b}, <code>k:{"k":"v"}</code>, {@code f:c}. */
  private static List<String> steps(String path) {
    List<String> steps = new ArrayList<>();
    for (String part : path.split("\\.(?![^\\[]*])")) {
      Matcher item = ITEM.matcher(part);
      steps.add("f:" + (item.matches() ? item.group(1) : part));
      if (item.matches()) {
        steps.add("k:{\"" + item.group(2) + "\":\"" + item.group(3) + "\"}");
      }
    }
    return steps;
  }

  private static boolean owns(Map<?, ?> fields, List<String> steps) {
    Object at = fields;
    for (String step : steps) {
      if (!(at instanceof Map<?, ?> map) || !map.containsKey(step)) {
        return false;
      }
      at = map.get(step);
    }
    return true;
  }

  private List<Map<String, Object>> conditions() {
    GenericKubernetesResource generic = new KubernetesSerialization().convertValue(actual, GenericKubernetesResource.class);
    Object status = generic.getAdditionalProperties().get("status");
    List<Map<String, Object>> found = new ArrayList<>();
    if (status instanceof Map<?, ?> map && map.get("conditions") instanceof List<?> list) {
      for (Object each : list) {
        if (each instanceof Map<?, ?> condition) {
          found.add(condition.entrySet().stream()
              .filter(entry -> entry.getValue() != null)
              .collect(Collectors.toMap(entry -> String.valueOf(entry.getKey()), Map.Entry::getValue)));
        }
      }
    }
    return found;
  }

  private static String shown(List<Map<String, Object>> conditions) {
    return conditions.isEmpty() ? "  (none)" : String.join("\n", conditions.stream().map(condition -> "  " + condition).toList());
  }

  private String named() {
    String namespace = Objects.requireNonNullElse(actual.getMetadata().getNamespace(), "");
    return actual.getKind() + " " + (namespace.isEmpty() ? "" : namespace + "/") + actual.getMetadata().getName();
  }
}
