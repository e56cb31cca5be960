package io.kubrig.apiserver.kinds.batch;

import io.kubrig.apiserver.kinds.pod.PodDefaults;
import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.table.WorkloadTables;
import io.kubrig.machinery.tree.Tree;
import java.util.Map;
import java.util.Set;

/** The kind Job. (Source: registry/batch/job/strategy.go of native.) */
public final class Jobs implements Kind {
  private static final String CONTROLLER_UID = "batch.kubernetes.io/controller-uid";
  private static final String JOB_NAME = "batch.kubernetes.io/job-name";
  private static final String OLD_CONTROLLER_UID = "controller-uid";
  private static final String OLD_JOB_NAME = "job-name";

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

  private static void labelsFromTemplate(Tree object) {
    Tree labels = object.tree("spec").tree("template").tree("metadata").tree("labels");
    if (!labels.isEmpty() && object.tree("metadata").tree("labels").isEmpty()) {
      object.need("metadata").set("labels", labels.copy());
    }
  }

  @Override
  public void prepareForCreate(Tree object, Operation operation) {
    if (!object.tree("spec").bool("manualSelector")) {
      selectOwnPods(object);
    }
    labelsFromTemplate(object);
  }

  /** Labels the pods of this job so that no other job's selector finds them. */
  private static void selectOwnPods(Tree object) {
    Tree metadata = object.tree("metadata");
    String uid = metadata.string("uid");
    Tree spec = object.need("spec");
    Tree labels = spec.need("template").need("metadata").need("labels");
    labels.set(OLD_JOB_NAME, metadata.string("name")).set(JOB_NAME, metadata.string("name"));
    labels.set(OLD_CONTROLLER_UID, uid).set(CONTROLLER_UID, uid);
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
  public Set<String> selectableFieldLabels() {
    return Set.of("status.successful");
  }

  @Override
  public Map<String, String> selectableFields(Tree object) {
    return Map.of("status.successful", Long.toString(object.tree("status").integer("succeeded")));
  }

  @Override
  public String unsupportedField(String field) {
    return "field label \"" + field + "\" not supported for batchv1.Job";
  }

  @Override
  public TableColumns columns() {
    return WorkloadTables.JOBS;
  }
}
