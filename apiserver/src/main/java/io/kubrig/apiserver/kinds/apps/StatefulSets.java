package io.kubrig.apiserver.kinds.apps;

import io.kubrig.apiserver.kinds.pod.Checks;
import io.kubrig.apiserver.kinds.pod.ClaimRules;
import io.kubrig.apiserver.kinds.pod.PodAnnotationRules;
import io.kubrig.apiserver.kinds.pod.PodDefaults;
import io.kubrig.apiserver.kinds.pod.PodWarnings;
import io.kubrig.apiserver.kinds.pod.Scope;
import io.kubrig.apiserver.kinds.pod.WorkloadRules;
import io.kubrig.apiserver.registry.Lens;
import io.kubrig.apiserver.registry.NameRule;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.status.InternalForm;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.table.WorkloadTables;
import io.kubrig.apiserver.validation.MetadataRules;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The kind StatefulSet. (Source: registry/apps/statefulset/strategy.go of native.) */
public final class StatefulSets implements Workload {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final String MAX_UNAVAILABLE = "maxUnavailable";

  private static final List<String> MUTABLE =
      List.of(
          "replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit", "persistentVolumeClaimRetentionPolicy",
          "minReadySeconds");

  private final Scope scope;
  private final boolean severalUnavailable;

  /**
   * @param allowPrivileged whether containers may be privileged
   * @param severalUnavailable the gate MaxUnavailableStatefulSet
   */
  public StatefulSets(boolean allowPrivileged, boolean severalUnavailable) {
    scope = new Scope(false, allowPrivileged);
    this.severalUnavailable = severalUnavailable;
  }

  @Override
  public void applyDefaults(Tree object, String version) {
    Tree spec = object.need("spec");
    fillText(spec, "podManagementPolicy", "OrderedReady");
    Tree strategy = spec.need("updateStrategy");
    if (strategy.string("type").isEmpty()) {
      strategy.set("type", "RollingUpdate").need("rollingUpdate");
    }
    if (strategy.string("type").equals("RollingUpdate") && strategy.get("rollingUpdate") instanceof Tree rolling) {
      rolling.fill("partition", 0L);
      if (severalUnavailable) {
        rolling.fill(MAX_UNAVAILABLE, 1L);
      }
    }
    Tree retention = spec.need("persistentVolumeClaimRetentionPolicy");
    fillText(retention, "whenDeleted", "Retain");
    fillText(retention, "whenScaled", "Retain");
    spec.fill("replicas", 1L);
    spec.fill("revisionHistoryLimit", 10L);
    PodDefaults.ofTemplateIn(spec);
    for (Tree claim : spec.trees("volumeClaimTemplates")) {
      PodDefaults.claimTemplate(claim);
      claim.set("apiVersion", "v1").set("kind", "PersistentVolumeClaim");
      fillText(claim.need("status"), "phase", "Pending");
    }
  }

  private static void fillText(Tree tree, String name, String text) {
    if (tree.string(name).isEmpty()) {
      tree.set(name, text);
    }
  }

  @Override
  public NameRule nameRule() {
    return NameRule.DNS_LABEL;
  }

  @Override
  public void prepareForCreate(Tree object, Operation operation) {
    Workload.super.prepareForCreate(object, operation);
    dropDisabled(object, Tree.empty());
  }

  @Override
  public void prepareForUpdate(Tree object, Tree old, Operation operation) {
    Workload.super.prepareForUpdate(object, old, operation);
    dropDisabled(object, old);
  }

  private void dropDisabled(Tree object, Tree old) {
    Tree rolling = object.tree("spec").tree("updateStrategy").tree("rollingUpdate");
    if (!severalUnavailable && !old.tree("spec").tree("updateStrategy").tree("rollingUpdate").has(MAX_UNAVAILABLE)) {
      rolling.remove(MAX_UNAVAILABLE);
    }
  }

  @Override
  public List<String> warnings(Tree object, Tree old) {
    List<String> all = new ArrayList<>(PodWarnings.ofOwner(object, old, false));
    if (object.tree("spec").integer("revisionHistoryLimit") < 0) {
      all.add("spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended");
    }
    return all;
  }

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    Tree spec = object.tree("spec");
    String management = spec.string("podManagementPolicy");
    if (!List.of("OrderedReady", "Parallel").contains(management)) {
      errors.invalid(SPEC.child("podManagementPolicy"), management, "must be 'OrderedReady' or 'Parallel'");
    }
    updateStrategy(spec.tree("updateStrategy"), SPEC.child("updateStrategy"), errors);
    Tree retention = spec.tree("persistentVolumeClaimRetentionPolicy");
    FieldPath retentionPath = SPEC.child("persistentVolumeClaimRetentionPolicy");
    Checks.oneOf(retention, "whenDeleted", List.of("Retain", "Delete"), retentionPath, errors);
    Checks.oneOf(retention, "whenScaled", List.of("Retain", "Delete"), retentionPath, errors);
    boolean creates = operation.verb() == Operation.Verb.CREATE;
    List<Tree> claims = spec.trees("volumeClaimTemplates");
    for (int i = 0; i < claims.size() && creates; i++) {
      ClaimRules.spec(claims.get(i).tree("spec"), SPEC.child("volumeClaimTemplates").index(i).child("spec"), errors);
    }
    for (String number : List.of("replicas", "minReadySeconds")) {
      Checks.nonNegative(spec, number, SPEC, errors);
    }
    Checks.nonNegative(spec.tree("ordinals"), "start", SPEC.child("ordinals"), errors);
    String service = spec.string("serviceName");
    if (creates && !service.isEmpty()) {
      Names.dnsLabel(service).forEach(text -> errors.invalid(SPEC.child("serviceName"), service, text));
    }
    WorkloadRules.selector(spec, "statefulset", "", SPEC, errors)
        .ifPresent(selector -> WorkloadRules.matches(selector, spec.tree("template"), SPEC.child("template"), errors));
    Tree template = asPodsHaveIt(spec);
    WorkloadRules.endlessTemplate(template, "StatefulSet", scope, SPEC.child("template"), errors);
    // native looks at the metadata of the template twice, the second time under paths of its own
    MetadataRules.labels(template.tree("metadata"), SPEC.child("template", "labels"), errors);
    MetadataRules.annotations(template.tree("metadata"), SPEC.child("template", "annotations"), errors);
    PodAnnotationRules.check(template, SPEC.child("template", "annotations"), errors);
  }

  /** The template as far as its pods will have it: the claims are volumes, before the others; host names are the controller's. */
  private static Tree asPodsHaveIt(Tree spec) {
    Tree template = spec.tree("template").copy();
    Tree pod = template.need("spec");
    pod.remove("hostname");
    pod.remove("subdomain");
    Map<String, Object> volumes = new LinkedHashMap<>();
    for (Tree claim : spec.trees("volumeClaimTemplates")) {
      String name = claim.tree("metadata").string("name");
      volumes.put(name, Tree.of("name", name, "persistentVolumeClaim", Tree.of("claimName", name)));
    }
    if (!volumes.isEmpty()) {
      List<Object> all = new ArrayList<>(volumes.values());
      pod.trees("volumes").stream().filter(volume -> !volumes.containsKey(volume.string("name"))).forEach(all::add);
      pod.set("volumes", all);
    }
    return template;
  }

  private static void updateStrategy(Tree strategy, FieldPath path, FieldErrors errors) {
    switch (strategy.string("type")) {
      case "" -> errors.required(path, "");
      case "OnDelete" -> {
        if (strategy.get("rollingUpdate") != null) {
          Object shown = InternalForm.of("apps.RollingUpdateStatefulSetStrategy", strategy.get("rollingUpdate"));
          errors.invalid(path.child("rollingUpdate"), shown, "only allowed for updateStrategy 'RollingUpdate'");
        }
      }
      case "RollingUpdate" -> {
        Tree rolling = strategy.tree("rollingUpdate");
        Checks.nonNegative(rolling, "partition", path.child("rollingUpdate"), errors);
        WorkloadRules.amountOrPercent(rolling, MAX_UNAVAILABLE, path.child("rollingUpdate"), errors);
        WorkloadRules.atMostAll(rolling, MAX_UNAVAILABLE, path.child("rollingUpdate"), errors);
      }
      default -> errors.invalid(path, InternalForm.of("apps.StatefulSetUpdateStrategy", strategy), "must be 'RollingUpdate' or 'OnDelete'");
    }
  }

  @Override
  public void validateUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    Tree munged = object.tree("spec").copy();
    for (String member : MUTABLE) {
      Lens.carry(member, munged, old.tree("spec"));
    }
    if (!munged.equals(old.tree("spec"))) {
      errors.forbidden(
          SPEC,
          "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit',"
              + " 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden");
    }
  }

  @Override
  public void validateStatusUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    WorkloadRules.counters(
        object.tree("status"),
        List.of(
            "replicas", "readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas", "observedGeneration", "collisionCount"),
        List.of("readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas"),
        "status.readyReplicas",
        errors);
    WorkloadRules.notDecremented(object.tree("status"), old.tree("status"), "collisionCount", errors);
  }

  @Override
  public Optional<Lens> lens(String subresource) {
    return subresource.equals("scale") ? Optional.of(ScaleLens.BY_LABEL_SELECTOR) : Optional.empty();
  }

  @Override
  public TableColumns columns() {
    return WorkloadTables.STATEFUL_SETS;
  }
}
