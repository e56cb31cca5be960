package io.kubrig.apiserver.kinds.core;

import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.table.Columns;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.machinery.tree.Tree;
import java.util.List;

/** Service accounts. */
final class ServiceAccountKind implements Kind {
  private static final String ENFORCE = "kubernetes.io/enforce-mountable-secrets";
  private static final TableColumns COLUMNS =
      Columns.of((account, now) -> Columns.row(Columns.name(account), Columns.age(account, now)), Columns.NAME, Columns.AGE);

  @Override
  public void prepareForCreate(Tree object, Operation operation) {
    onlyNames(object);
  }

  @Override
  public void prepareForUpdate(Tree object, Tree old, Operation operation) {
    onlyNames(object);
  }

  /** Of a reference to a secret only the name is kept. */
  private static void onlyNames(Tree object) {
    for (Tree secret : object.trees("secrets")) {
      for (String member : secret.names()) {
        if (!member.equals("name")) {
          secret.remove(member);
        }
      }
    }
  }

  @Override
  public List<String> warnings(Tree object, Tree old) {
    boolean had = old != null && old.tree("metadata").tree("annotations").has(ENFORCE);
    return had || !object.tree("metadata").tree("annotations").has(ENFORCE)
        ? List.of()
        : List.of(
            "metadata.annotations[" + ENFORCE
                + "]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets");
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
