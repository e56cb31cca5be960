package io.kubrig.machinery.fieldmanager;

import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.schema.Schema.Type;
import java.util.ArrayList;
import java.util.List;

/** Adapts owned paths to a schema in which a map or list has become atomic. */
final class SchemaChange {
  private final List<List<PathElement>> atomic = new ArrayList<>();
  private final List<PathElement> path = new ArrayList<>();

  /** The set itself when it fits. */
  static FieldSet reconciled(FieldSet fields, Schema schema) {
    SchemaChange change = new SchemaChange();
    change.walk(fields, schema);
    if (change.atomic.isEmpty()) {
      return fields;
    }
    FieldSet roots = new FieldSet();
    change.atomic.forEach(roots::insert);
    return fields.recursiveDifference(roots).union(roots);
  }

  private void walk(FieldSet fields, Schema schema) {
    fields.forEachChild(
        (element, below) -> {
          Schema child =
              switch (element) {
                case PathElement.Name(String name) -> schema.type() == Type.ANY ? null : Shapes.member(schema, name);
                default -> schema.type() == Type.ARRAY ? schema.items() : null;
              };
          if (child == null || child.type() == Type.ANY) {
            return;
          }
          path.add(element);
          boolean structured = child.type() == Type.OBJECT || child.type() == Type.MAP || child.type() == Type.ARRAY;
          if (structured && Shapes.atomic(child, child.type() == Type.ARRAY ? Shapes.Shape.LIST : Shapes.Shape.MAP)) {
            atomic.add(List.copyOf(path));
          } else if (structured) {
            walk(below, child);
          }
          path.removeLast();
        });
  }
}
