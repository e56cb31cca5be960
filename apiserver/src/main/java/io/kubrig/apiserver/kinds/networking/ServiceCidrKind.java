package io.kubrig.apiserver.kinds.networking;

import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.status.InternalForm;
import io.kubrig.apiserver.table.Columns;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.validation.Addresses;
import io.kubrig.machinery.network.Cidr;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Ranges of cluster IPs: one, or one of each family. They may gain the second family, but never change. */
final class ServiceCidrKind implements Kind {
  private static final FieldPath CIDRS = FieldPath.of("spec", "cidrs");

  private static final TableColumns COLUMNS =
      Columns.of(
          (range, now) -> Columns.row(Columns.name(range), String.join(",", range.tree("spec").strings("cidrs")), Columns.age(range, now)),
          Columns.NAME,
          Columns.text("CIDRs", "CIDRs defines the IP blocks in CIDR notation from which to assign service cluster IPs."),
          Columns.AGE);

  @Override
  public MetadataRepeat metadataRepeat() {
    return MetadataRepeat.CHANGE;
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
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    if (operation.verb() == Operation.Verb.CREATE) {
      check(object, errors);
    }
  }

  private static void check(Tree object, FieldErrors errors) {
    List<String> cidrs = object.tree("spec").strings("cidrs");
    if (cidrs.isEmpty()) {
      errors.required(CIDRS, "at least one CIDR required");
      return;
    }
    if (cidrs.size() > 2) {
      errors.invalid(CIDRS, InternalForm.of("networking.ServiceCIDRSpec", object.tree("spec")), "may only hold up to 2 values");
      return;
    }
    for (int i = 0; i < cidrs.size(); i++) {
      Addresses.strictCidr(cidrs.get(i), CIDRS.index(i), errors);
    }
    List<Cidr> parsed = cidrs.stream().map(Cidr::parse).flatMap(Optional::stream).toList();
    if (parsed.size() == 2 && parsed.getFirst().v6() == parsed.getLast().v6()) {
      errors.invalid(
          CIDRS, new ArrayList<Object>(cidrs),
              "may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64");
    }
  }

  @Override
  public void validateUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    List<String> cidrs = object.tree("spec").strings("cidrs");
    List<String> before = old.tree("spec").strings("cidrs");
    boolean grows = before.size() == 1 && cidrs.size() == 2;
    if (cidrs.size() != before.size() && !grows) {
      errors.invalid(CIDRS, object.tree("spec").get("cidrs"), "field is immutable");
      return;
    }
    for (int i = 0; i < Math.min(cidrs.size(), before.size()); i++) {
      if (!cidrs.get(i).equals(before.get(i))) {
        errors.invalid(CIDRS.index(i), cidrs.get(i), "field is immutable");
      }
    }
    if (grows) {
      check(object, errors);
    }
  }

  @Override
  public TableColumns columns() {
    return COLUMNS;
  }
}
