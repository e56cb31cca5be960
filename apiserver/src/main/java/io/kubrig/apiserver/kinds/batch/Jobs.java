package io.kubrig.apiserver.kinds.batch;

import io.kubrig.apiserver.kinds.pod.DisabledFields;
import io.kubrig.apiserver.kinds.pod.PodDefaults;
import io.kubrig.apiserver.kinds.pod.PodWarnings;
import io.kubrig.apiserver.kinds.pod.Scope;
import io.kubrig.apiserver.kinds.pod.WorkloadRules;
import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.table.WorkloadTables;
import io.kubrig.apiserver.validation.MetadataRules;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.apiserver.validation.Selectors;
import io.kubrig.machinery.selector.LabelSelector;
import io.kubrig.machinery.tree.Tree;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The kind Job. (Source: registry/batch/job/strategy.go of native.) */
public final class Jobs implements Kind {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final String PODS_STAY =
      "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set"
          + " propagationPolicy=Orphan to suppress this warning";
  private static final String CONTROLLER_UID = "batch.kubernetes.io/controller-uid";
  private static final String JOB_NAME = "batch.kubernetes.io/job-name";
  private static final String OLD_CONTROLLER_UID = "controller-uid";
  private static final String OLD_JOB_NAME = "job-name";

  private final Scope scope;

  /** @param allowPrivileged whether containers may be privileged */
  public Jobs(boolean allowPrivileged) {
    scope = new Scope(false, allowPrivileged);
  }

  @Override
  public void applyDefaults(Tree object, String version) {
    Tree spec = object.need("spec");
    if (spec.get("completions") == null && spec.get("parallelism") == null) {
      spec.set("completions", 1L);
    }
    spec.fill("parallelism", 1L);
    spec.fill("backoffLimit", spec.get("backoffLimitPerIndex") != null ? (long) Integer.MAX_VALUE : 6L);
    spec.fill("completionMode", "NonIndexed");
    spec.fill("suspend", false);
    spec.fill("manualSelector", false);
    boolean hasFailurePolicy = spec.get("podFailurePolicy") != null;
    for (Tree rule : spec.tree("podFailurePolicy").trees("rules")) {
      for (Tree condition : rule.trees("onPodConditions")) {
        if (condition.string("status").isEmpty()) {
          condition.set("status", "True");
        }
      }
    }
    spec.fill("podReplacementPolicy", hasFailurePolicy ? "Failed" : "TerminatingOrFailed");
    PodDefaults.ofTemplateIn(spec);
    labelsFromTemplate(object);
  }

  @Override
  public void readDefaults(Tree object) {
    labelsFromTemplate(object);
    object.need("metadata").set("labels", object.tree("metadata").tree("labels").copy());
  }

  private static void labelsFromTemplate(Tree object) {
    Tree labels = object.tree("spec").tree("template").tree("metadata").tree("labels");
    if (!labels.isEmpty() && object.tree("metadata").tree("labels").isEmpty()) {
      // the same labels, not a copy, as natively: what the server adds to the template's on create is added to the job's as well
      object.need("metadata").set("labels", labels);
    }
  }

  @Override
  public void prepareForCreate(Tree object, Operation operation) {
    DisabledFields.dropFromTemplate(object.tree("spec").tree("template"), Tree.empty());
    if (!object.tree("spec").bool("manualSelector")) {
      selectOwnPods(object);
    }
  }

  /** Labels the pods of this job so that no other job's selector finds them. */
  private static void selectOwnPods(Tree object) {
    Tree metadata = object.tree("metadata");
    String uid = metadata.string("uid");
    Tree spec = object.need("spec");
    Tree labels = spec.need("template").need("metadata").need("labels");
    for (String label : List.of(OLD_JOB_NAME, JOB_NAME)) {
      labels.fill(label, metadata.string("name"));
    }
    for (String label : List.of(OLD_CONTROLLER_UID, CONTROLLER_UID)) {
      labels.fill(label, uid);
    }
    spec.need("selector").need("matchLabels").fill(CONTROLLER_UID, uid);
  }

  @Override
  public boolean hasStatus() {
    return true;
  }

  @Override
  public boolean orphansByDefault() {
    return true;
  }

  @Override
  public List<String> warningsOnDelete(Tree options) {
    return options.get("propagationPolicy") == null && options.get("orphanDependents") == null ? List.of(PODS_STAY) : List.of();
  }

  @Override
  public Set<String> selectableFieldLabels() {
    return Set.of("status.successful");
  }

  @Override
  public Map<String, String> selectableFields(Tree object) {
    return Map.of("status.successful", Long.toString(object.tree("status").integer("succeeded")));
  }

  @Override
  public String unsupportedField(String field) {
    return "field label \"" + field + "\" not supported for Job";
  }

  @Override
  public void prepareForUpdate(Tree object, Tree old, Operation operation) {
    DisabledFields.dropFromTemplate(object.tree("spec").tree("template"), old.tree("spec").tree("template"));
  }

  @Override
  public List<String> warnings(Tree object, Tree old) {
    return PodWarnings.ofOwner(object, old, true);
  }

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    Tree spec = object.tree("spec");
    if (!spec.bool("manualSelector") && spec.get("selector") instanceof Tree selector) {
      generatedSelector(object, selector, errors);
    }
    checkSpec(spec, errors);
    if (JobRules.isIndexed(spec) && spec.integer("completions") > 0) {
      lastHostname(object.tree("metadata").string("name"), spec.integer("completions"), errors);
    }
  }

  /** The selector that the server makes must find what the template says; a client's own label of these names must not prevent it. */
  private static void generatedSelector(Tree object, Tree selector, FieldErrors errors) {
    Tree expected = new Tree();
    for (String label : List.of(OLD_CONTROLLER_UID, OLD_JOB_NAME, CONTROLLER_UID, JOB_NAME)) {
      expected.set(label, object.tree("metadata").string(label.endsWith("uid") ? "uid" : "name"));
    }
    Tree labels = object.tree("spec").tree("template").tree("metadata").tree("labels");
    FieldPath path = SPEC.child("template", "metadata", "labels");
    expected.forEach(
        (label, value) -> {
          if (!labels.has(label)) {
            errors.required(path.key(label), "must be '" + value + "'");
          } else if (!labels.string(label).equals(value)) {
            errors.invalid(path.key(label), labels, "must be '" + value + "'");
          }
        });
    WorkloadRules.parsed(selector)
        .filter(parsed -> !parsed.matches(expected))
        .ifPresent(parsed -> errors.invalid(SPEC.child("selector"), selector, "`selector` not auto-generated"));
  }

  private static void lastHostname(String name, long completions, FieldErrors errors) {
    String longest = name + "-" + (completions - 1);
    if (!Names.dnsLabel(longest).isEmpty()) {
      errors.invalid(FieldPath.of("metadata", "name"), name, "will not able to create pod with invalid DNS label: " + longest);
    }
  }

  private void checkSpec(Tree spec, FieldErrors errors) {
    JobRules.spec(spec, scope, SPEC, errors);
    if (spec.get("selector") instanceof Tree selector) {
      Selectors.check(selector, SPEC.child("selector"), errors);
      WorkloadRules.parsed(selector)
          .ifPresent(parsed -> WorkloadRules.matches(parsed, spec.tree("template"), SPEC.child("template"), errors));
    } else {
      errors.required(SPEC.child("selector"), "");
      WorkloadRules.matches(LabelSelector.nothing(), spec.tree("template"), SPEC.child("template"), errors);
    }
  }

  @Override
  public void validateUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    Tree spec = object.tree("spec");
    Tree before = old.tree("spec");
    checkSpec(spec, errors); // native checks it twice
    completions(spec, before, errors);
    for (String member : List.of("selector", "completionMode", "backoffLimitPerIndex", "managedBy")) {
      MetadataRules.immutable(spec.get(member), before.get(member), SPEC.child(member), errors);
    }
    MetadataRules.immutable(
        "batch.PodFailurePolicy", spec.get("podFailurePolicy"), before.get("podFailurePolicy"), SPEC.child("podFailurePolicy"), errors);
    MetadataRules.immutable(
        "batch.SuccessPolicy", spec.get("successPolicy"), before.get("successPolicy"), SPEC.child("successPolicy"), errors);
    Tree template = spec.tree("template");
    if (SuspendedJob.mayChange(old)) {
      Tree pod = template.tree("spec");
      Tree allowed = SuspendedJob.changeable(before.at("template", "spec"), pod);
      MetadataRules.immutable("core.PodSpec", pod, allowed, SPEC.child("template", "spec"), errors);
    } else {
      MetadataRules.immutable("core.PodTemplateSpec", template, before.tree("template"), SPEC.child("template"), errors);
    }
  }

  /** Indexed jobs grow and shrink as long as they run all indexes at once. */
  private static void completions(Tree spec, Tree old, FieldErrors errors) {
    Object completions = spec.get("completions");
    boolean elastic = JobRules.isIndexed(spec) && JobRules.isIndexed(old) && completions != null && old.get("completions") != null;
    if (!elastic) {
      MetadataRules.immutable(completions, old.get("completions"), SPEC.child("completions"), errors);
    } else if (!completions.equals(old.get("completions")) && !completions.equals(spec.get("parallelism"))) {
      errors.invalid(SPEC.child("completions"), completions, "can only be modified in tandem with spec.parallelism");
    }
  }

  @Override
  public void validateStatusUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    JobStatusRules.check(object, old, errors);
  }

  @Override
  public TableColumns columns() {
    return WorkloadTables.JOBS;
  }
}
