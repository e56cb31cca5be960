package io.kubrig.apiserver.kinds.core;

import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.table.Columns;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.machinery.tree.Given;
import io.kubrig.machinery.tree.Tree;
import java.nio.charset.StandardCharsets;

/** Config maps: at most 1 MiB, frozen once {@code immutable} is set. */
final class ConfigMapKind implements Kind {
  private static final int MAX_BYTES = 1 << 20;

  private static final TableColumns COLUMNS =
      Columns.of(
          (map, now) ->
              Columns.row(Columns.name(map), (long) map.tree("data").size() + map.tree("binaryData").size(), Columns.age(map, now)),
          Columns.NAME,
          Columns.text("Data", "Data contains the configuration data. Each key must consist of alphanumeric characters, '-', '_' or '.'."),
          Columns.AGE);

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    Tree data = object.tree("data");
    Tree binary = object.tree("binaryData");
    long bytes = 0;
    for (String key : data.names()) {
      FieldPath path = FieldPath.of("data").key(key);
      DataKeys.check(key, path, errors);
      if (binary.has(key)) {
        errors.invalid(path, key, "duplicate of key present in binaryData");
      }
      bytes += data.string(key).getBytes(StandardCharsets.UTF_8).length;
    }
    for (String key : binary.names()) {
      DataKeys.check(key, FieldPath.of("binaryData").key(key), errors);
      bytes += DataKeys.decodedLength(binary.string(key));
    }
    if (bytes > MAX_BYTES) {
      errors.tooLong(FieldPath.root().key(""), MAX_BYTES);
    }
  }

  @Override
  public void validateUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    DataKeys.immutable(object, old, errors, "data", "binaryData");
  }

  @Override
  public TableColumns columns() {
    return COLUMNS;
  }

  /** Whether two members hold the same, an absent one being an empty one. */
  static boolean same(Tree object, Tree old, String member) {
    return Given.alike(object.given(member), old.given(member));
  }
}
