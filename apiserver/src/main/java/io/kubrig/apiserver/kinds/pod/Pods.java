package io.kubrig.apiserver.kinds.pod;

import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.Lens;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.table.PodTable;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.machinery.tree.Tree;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The kind Pod. (Source: registry/core/pod/strategy.go of native.) */
public final class Pods implements Kind {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final TableColumns COLUMNS = new PodTable();
  private static final Set<String> SELECTABLE =
      Set.of(
          "spec.host",
          "spec.nodeName",
          "spec.restartPolicy",
          "spec.schedulerName",
          "spec.serviceAccountName",
          "spec.hostNetwork",
          "status.phase",
          "status.podIP",
          "status.podIPs",
          "status.nominatedNodeName");

  private final Scope scope;

  /** @param allowPrivileged whether containers may be privileged */
  public Pods(boolean allowPrivileged) {
    scope = new Scope(true, allowPrivileged);
  }

  @Override
  public void applyDefaults(Tree object, String version) {
    PodDefaults.pod(object.need("spec"));
    if (object.tree("spec").integer("terminationGracePeriodSeconds") < 0) {
      object.need("spec").set("terminationGracePeriodSeconds", 1L); // as natively where it is read
    }
    if (object.get("status") instanceof Tree status) {
      mirrorAddress(status, "podIP", "podIPs");
    }
  }

  @Override
  public void readDefaults(Tree object) {
    PodDefaults.resources(object.tree("spec"));
  }

  /** The singular and the first of the plural are one value; where they differ the singular wins, for the sake of old kubelets. */
  private static void mirrorAddress(Tree status, String one, String all) {
    List<Tree> addresses = status.trees(all);
    String first = addresses.isEmpty() ? "" : addresses.getFirst().string("ip");
    if (status.string(one).isEmpty() && !first.isEmpty()) {
      status.set(one, first);
    } else if (!status.string(one).equals(first)) {
      status.set(all, new ArrayList<Object>(List.of(Tree.of("ip", status.string(one)))));
    }
  }

  @Override
  public void prepareForCreate(Tree object, Operation operation) {
    Tree spec = object.need("spec");
    DisabledFields.drop(spec, Tree.empty());
    PodDefaults.mirrorServiceAccount(spec);
    Tree status = new Tree();
    status.set("phase", "Pending");
    if (!spec.trees("schedulingGates").isEmpty()) {
      status.set("conditions", new ArrayList<Object>(List.of(gated(operation))));
    }
    status.set("qosClass", PodResources.qosClass(spec));
    object.set("status", status);
    MatchLabelKeys.merge(spec, object.tree("metadata").stringMap("labels"));
    AppArmorAnnotations.sync(object, operation);
  }

  @Override
  public void prepareForUpdate(Tree object, Tree old, Operation operation) {
    DisabledFields.drop(object.tree("spec"), old.tree("spec"));
    PodDefaults.mirrorServiceAccount(object.need("spec"));
  }

  /** Pods are changed by machines: only their authors are warned. */
  @Override
  public List<String> warnings(Tree object, Tree old) {
    return old == null ? PodWarnings.ofPod(object) : List.of();
  }

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    Tree spec = object.tree("spec");
    PodAnnotationRules.check(object, FieldPath.of("metadata", "annotations"), errors);
    PodRules.spec(spec, object.tree("metadata"), scope, SPEC, errors);
    PodRules.onlyOfPods(spec, SPEC, errors);
    if (operation.verb() != Operation.Verb.CREATE) {
      return;
    }
    if (!spec.list("ephemeralContainers").isEmpty()) {
      errors.forbidden(SPEC.child("ephemeralContainers"), "cannot be set on create");
    }
    if (!spec.list("schedulingGates").isEmpty() && !spec.string("nodeName").isEmpty()) {
      errors.forbidden(SPEC.child("nodeName"), "cannot be set until all schedulingGates have been cleared");
    }
  }

  @Override
  public void validateUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    PodAnnotationRules.checkChanges(object, old, errors);
    PodAnnotationRules.check(object, FieldPath.of("metadata", "annotations"), errors);
    PodUpdateRules.spec(object.tree("spec"), old.tree("spec"), errors);
  }

  @Override
  public void prepareForStatusUpdate(Tree object, Tree old, Operation operation) {
    Lens.carry("ownerReferences", object.need("metadata"), old.tree("metadata"));
    Tree status = object.need("status");
    Tree before = old.tree("status");
    if (status.string("qosClass").isEmpty() && before.has("qosClass")) {
      status.set("qosClass", before.string("qosClass"));
    }
    if (status.integer("observedGeneration") == 0 && before.has("observedGeneration")) {
      status.set("observedGeneration", before.integer("observedGeneration"));
    }
    keepObservedGenerations(status.trees("conditions"), before.trees("conditions"));
  }

  /** A condition that does not say which generation it speaks of keeps what it said before. */
  private static void keepObservedGenerations(List<Tree> conditions, List<Tree> before) {
    List<Tree> left = new ArrayList<>(before);
    for (Tree condition : conditions) {
      Optional<Tree> old = left.stream().filter(other -> other.string("type").equals(condition.string("type"))).findFirst();
      old.ifPresent(left::remove);
      long generation = old.map(other -> other.integer("observedGeneration")).orElse(0L);
      if (condition.integer("observedGeneration") == 0 && generation != 0) {
        condition.set("observedGeneration", generation);
      }
    }
  }

  @Override
  public void validateStatusUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    PodAnnotationRules.checkChanges(object, old, errors);
    PodAnnotationRules.check(object, FieldPath.of("metadata", "annotations"), errors);
    PodUpdateRules.status(object, old, errors);
  }

  private static Tree gated(Operation operation) {
    return Tree.of(
        "type",
        "PodScheduled",
        "status",
        "False",
        "lastProbeTime",
        null,
        "lastTransitionTime",
        operation.now().truncatedTo(ChronoUnit.SECONDS).toString(),
        "reason",
        "SchedulingGated",
        "message",
        "Scheduling is blocked due to non-empty scheduling gates");
  }

  @Override
  public boolean hasStatus() {
    return true;
  }

  @Override
  public Set<String> selectableFieldLabels() {
    return SELECTABLE;
  }

  @Override
  public Map<String, String> selectableFields(Tree object) {
    Tree spec = object.tree("spec");
    Tree status = object.tree("status");
    List<Tree> addresses = status.trees("podIPs");
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("spec.nodeName", spec.string("nodeName"));
    fields.put("spec.restartPolicy", spec.string("restartPolicy"));
    fields.put("spec.schedulerName", spec.string("schedulerName"));
    fields.put("spec.serviceAccountName", spec.string("serviceAccountName"));
    fields.put("spec.host", spec.string("nodeName")); // the name of old
    fields.put("spec.hostNetwork", Boolean.toString(spec.bool("hostNetwork")));
    fields.put("status.phase", status.string("phase"));
    fields.put("status.podIP", addresses.isEmpty() ? status.string("podIP") : addresses.getFirst().string("ip"));
    fields.put("status.nominatedNodeName", status.string("nominatedNodeName"));
    return fields;
  }

  @Override
  public String unsupportedField(String field) {
    return "field label not supported: " + field;
  }

  @Override
  public Optional<Long> gracePeriodSeconds(Tree object, Optional<Long> requested) {
    String phase = object.tree("status").string("phase");
    boolean runs = !object.tree("spec").string("nodeName").isEmpty() && !phase.equals("Failed") && !phase.equals("Succeeded");
    if (!runs) {
      return Optional.of(0L);
    }
    long seconds = requested.orElseGet(() -> object.tree("spec").integer("terminationGracePeriodSeconds"));
    return Optional.of(seconds < 0 ? 1 : seconds);
  }

  @Override
  public Optional<Lens> lens(String subresource) {
    return PodLenses.of(subresource, scope);
  }

  @Override
  public boolean answersDeletedObject() {
    return true;
  }

  @Override
  public TableColumns columns() {
    return COLUMNS;
  }
}
