package io.kubrig.apiserver.status;

/** Where in an object: {@code spec.containers[0].env[NAME]}. Immutable; a step shares its parent. */
public final class FieldPath {
  private final FieldPath parent;
  private final String name;
  private final String index;

  private FieldPath(FieldPath parent, String name, String index) {
    this.parent = parent;
    this.name = name;
    this.index = index;
  }

  public static FieldPath of(String name, String... more) {
    FieldPath path = new FieldPath(null, name, null);
    for (String step : more) {
      path = path.child(step);
    }
    return path;
  }

  /** Nowhere, which native shows as {@code <nil>}; its children have paths of one name. */
  public static final FieldPath NONE = new FieldPath(null, "<nil>", null);

  /** The object itself; its children have paths of one name. */
  public static FieldPath root() {
    return ROOT;
  }

  private static final FieldPath ROOT = new FieldPath(null, "", null);

  public FieldPath child(String child, String... more) {
    FieldPath path = new FieldPath(here(), child, null);
    for (String step : more) {
      path = new FieldPath(path, step, null);
    }
    return path;
  }

  /** Where this path is a step from; the object itself for a path of one step. */
  public FieldPath parent() {
    return parent == null ? ROOT : parent;
  }

  public FieldPath index(int position) {
    return new FieldPath(here(), null, Integer.toString(position));
  }

  public FieldPath key(String key) {
    return new FieldPath(here(), null, key);
  }

  private FieldPath here() {
    return this == NONE ? ROOT : this;
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    write(out);
    return out.toString();
  }

  private void write(StringBuilder out) {
    if (parent != null) {
      parent.write(out);
    }
    if (index != null) {
      out.append('[').append(index).append(']');
    } else if (!name.isEmpty()) {
      out.append(out.isEmpty() ? "" : ".").append(name);
    }
  }
}
