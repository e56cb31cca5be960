package io.kubrig.apiserver.kinds.resource;

import io.kubrig.apiserver.kinds.Cluster;
import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.table.Columns;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.validation.MetadataRules;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;

/** Claims of devices: their spec never changes. */
final class ResourceClaimKind implements Kind {
  private static final FieldPath SPEC = FieldPath.of("spec");

  private static final TableColumns COLUMNS =
      Columns.of(
          (claim, now) -> Columns.row(Columns.name(claim), state(claim), Columns.age(claim, now)),
          Columns.NAME,
          Columns.text("State", "A summary of the current state (allocated, pending, reserved, etc.)."),
          Columns.AGE);

  private final DeviceExpressions expressions;
  private final Cluster cluster;

  ResourceClaimKind(DeviceExpressions expressions, Cluster cluster) {
    this.expressions = expressions;
    this.cluster = cluster;
  }

  @Override
  public boolean statusKeepsMetadata() {
    return true;
  }

  @Override
  public boolean hasStatus() {
    return true;
  }

  @Override
  public boolean countsGenerations() {
    return false;
  }

  @Override
  public boolean answersDeletedObject() {
    return true;
  }

  @Override
  public void applyDefaults(Tree object, String version) {
    DeviceRequests.applyDefaults(object.tree("spec").tree("devices"));
  }

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    if (operation.verb() == Operation.Verb.CREATE) {
      Tree devices = object.tree("spec").tree("devices");
      DeviceRequests.check(devices, SPEC.child("devices"), expressions, errors);
      DeviceRequests.adminAccess(devices, operation.namespace(), cluster, errors);
    }
  }

  @Override
  public void validateUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    MetadataRules.immutable("resource.ResourceClaimSpec", object.tree("spec"), old.tree("spec"), SPEC, errors);
  }

  @Override
  public void prepareForStatusUpdate(Tree object, Tree old, Operation operation) {
    ClaimStatusRules.dropDeallocated(object, old);
  }

  @Override
  public void validateStatusUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    Tree status = object.tree("status");
    DeviceRequests.adminResults(status, old.tree("status"), operation.namespace(), cluster, errors);
    if (cluster.settings().features().enabled(ClaimAuthorization.FEATURE, true)) {
      new ClaimAuthorization(cluster, operation, errors).check(status, old.tree("status"));
    }
    new ClaimStatusRules(object, old, errors).check();
  }

  @Override
  public TableColumns columns() {
    return COLUMNS;
  }

  private static String state(Tree claim) {
    List<String> states = new ArrayList<>();
    if (claim.tree("metadata").get("deletionTimestamp") != null) {
      states.add("deleted");
    }
    if (claim.tree("status").get("allocation") == null) {
      if (states.isEmpty()) {
        states.add("pending");
      }
    } else {
      states.add("allocated");
      if (!claim.tree("status").list("reservedFor").isEmpty()) {
        states.add("reserved");
      }
    }
    return String.join(",", states);
  }
}
