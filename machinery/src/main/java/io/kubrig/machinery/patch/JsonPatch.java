package io.kubrig.machinery.patch;

import io.kubrig.machinery.json.Document;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.json.JsonException;
import io.kubrig.machinery.json.Limits;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * JSON patch. Source: RFC 6902, with the liberties that native takes: a replace of a missing member adds it, negative indices count from
 * the end, a test against null holds for a missing member.
 */
public final class JsonPatch {
  private static final int MOST_OPERATIONS = 10_000;
  private static final long MOST_COPIED_BYTES = 3L << 20;
  private static final int MAX_DEPTH = Limits.REQUEST.maxDepth();
  private static final Set<String> MEMBERS = Set.of("op", "path", "from", "value");

  private final List<Tree> operations;
  private final List<String> strictErrors;

  private JsonPatch(List<Tree> operations, List<String> strictErrors) {
    this.operations = operations;
    this.strictErrors = strictErrors;
  }

  /**
   * Reads the body of a patch request.
   *
   * @throws PatchException if it is no list of operations, or too long
   */
  public static JsonPatch read(byte[] body) {
    Document document;
    try {
      document = Json.readDocument(body, Limits.REQUEST);
    } catch (JsonException e) {
      throw PatchException.undecodable(e.getMessage());
    }
    if (!(document.value() instanceof List<?> list)) {
      throw PatchException.undecodable("json: cannot unmarshal " + kindOf(document.value())
          + " into Go value of type []handlers.jsonPatchOp");
    }
    List<Tree> operations = new ArrayList<>(list.size());
    List<String> errors = new ArrayList<>();
    for (Object element : list) {
      if (!(element instanceof Tree operation)) {
        throw PatchException.undecodable("json: cannot unmarshal " + kindOf(element) + " into Go value of type handlers.jsonPatchOp");
      }
      String prefix = "[" + operations.size() + "].";
      for (int i = 0; i < operation.size(); i++) {
        String name = operation.nameAt(i);
        if (!MEMBERS.contains(name)) {
          errors.add("json patch unknown field \"" + prefix + name + '"');
        } else if (!name.equals("value") && operation.valueAt(i) != null && !(operation.valueAt(i) instanceof String)) {
          throw PatchException.undecodable(
              "json: cannot unmarshal " + kindOf(operation.valueAt(i)) + " into Go struct field jsonPatchOp." + name + " of type string");
        }
      }
      document.duplicatesIn(operation).forEach(duplicate -> errors.add("json patch duplicate field \"" + prefix + duplicate.name() + '"'));
      operations.add(operation);
    }
    if (operations.size() > MOST_OPERATIONS) {
      throw new PatchException(
          PatchException.Kind.TOO_LARGE,
          "The allowed maximum operations in a JSON patch is " + MOST_OPERATIONS + ", got " + operations.size());
    }
    return new JsonPatch(operations, errors);
  }

  private static String kindOf(Object value) {
    return switch (value) {
      case Tree tree -> "object";
      case List<?> list -> "array";
      case String text -> "string";
      case Boolean flag -> "bool";
      case null -> "null";
      default -> "number";
    };
  }

  /** {@code json patch unknown field "[0].foo"}. */
  public List<String> strictErrors() {
    return strictErrors;
  }

  /**
   * Applies the operations in order and answers the result. The document is changed in place, also when an operation fails.
   *
   * @throws PatchException if an operation does not apply
   */
  public Tree apply(Tree document) {
    Object root = document;
    long copied = 0;
    for (Tree operation : operations) {
      String op = operation.string("op", "unknown");
      String path = pointer(operation, "path", op);
      switch (op) {
        case "add" -> add(target(root, path, op), operation.get("value"));
        case "remove" -> remove(target(root, path, op));
        case "replace" -> {
          if (path.isEmpty()) {
            root = replacedRoot(operation.get("value"));
          } else {
            replace(target(root, path, op), operation.get("value"));
          }
        }
        case "move" -> {
          Target from = target(root, pointer(operation, "from", op), op);
          Object value = get(from);
          remove(from);
          add(target(root, path, op), value);
        }
        case "copy" -> {
          Object value = get(target(root, pointer(operation, "from", op), op));
          copied += Json.write(value).length;
          if (copied > MOST_COPIED_BYTES) {
            throw PatchException.unprocessable(
                "Unable to complete the copy, the accumulated size increase of copy is " + copied + ", exceeding the limit "
                    + MOST_COPIED_BYTES);
          }
          add(target(root, path, op), value);
        }
        case "test" -> test(path.isEmpty() ? root : get(target(root, path, op)), operation, path);
        default -> throw PatchException.unprocessable("Unexpected kind: " + op);
      }
    }
    if (root instanceof Tree tree) {
      return tree;
    }
    throw PatchException.unprocessable("the patched document is no object");
  }

  private static String pointer(Tree operation, String member, String op) {
    if (operation.get(member) instanceof String path) {
      return path;
    }
    throw PatchException.unprocessable(op + " operation failed to decode " + member + ": missing value");
  }

  private static Object replacedRoot(Object value) {
    if (value instanceof Tree || value instanceof List<?>) {
      return Tree.copyOf(value);
    }
    throw PatchException.unprocessable("replace operation value must be object or array");
  }

  private static void test(Object value, Tree operation, String path) {
    if (!Objects.equals(value, operation.get("value"))) {
      throw PatchException.unprocessable("testing value " + path + " failed: test failed");
    }
  }

  // ---- places --------------------------------------------------------------------------------------------------------

  /**
   * A member or element, which need not be there.
   *
   * @param container a Tree or a List
   * @param depth how many containers it is in
   */
  private record Target(Object container, String key, int depth) {}

  private static Target target(Object root, String path, String op) {
    int from = path.indexOf('/') + 1;
    if (from == 0) {
      throw missing(op, path);
    }
    Object container = root;
    int depth = 1;
    for (int slash = path.indexOf('/', from); slash >= 0; slash = path.indexOf('/', from)) {
      Target step = new Target(container, unescaped(path.substring(from, slash)), depth++);
      container = get(step);
      if (container instanceof Tree tree) {
        container = tree.opened(); // parts that objects share are not written in place
        put(step, container);
      }
      from = slash + 1;
      if (!(container instanceof Tree) && !(container instanceof List<?>)) {
        throw missing(op, path);
      }
    }
    return new Target(container, unescaped(path.substring(from)), depth);
  }

  private static PatchException missing(String op, String path) {
    return PatchException.unprocessable(op + " operation does not apply: doc is missing path: \"" + path + "\": missing value");
  }

  private static String unescaped(String part) {
    return part.indexOf('~') < 0 ? part : part.replace("~1", "/").replace("~0", "~");
  }

  private static Object get(Target target) {
    return switch (target.container) {
      case Tree tree -> tree.get(target.key);
      case List<?> list -> list.get(index(target.key, list.size()));
      default -> throw new IllegalStateException("no container");
    };
  }

  /** A copy of a value for a place, so that values which are put into each other over and over do not become too deep to be walked. */
  private static Object fitting(Object value, Target target) {
    if (!fits(value, MAX_DEPTH - target.depth)) {
      throw PatchException.unprocessable("the patched document exceeded max depth");
    }
    return Tree.copyOf(value);
  }

  private static boolean fits(Object value, int levels) {
    return switch (value) {
      case Tree tree -> {
        boolean fits = levels > 0;
        for (int i = 0; fits && i < tree.size(); i++) {
          fits = fits(tree.valueAt(i), levels - 1);
        }
        yield fits;
      }
      case List<?> list -> levels > 0 && list.stream().allMatch(element -> fits(element, levels - 1));
      case null, default -> true;
    };
  }

  private static void add(Target target, Object value) {
    switch (target.container) {
      case Tree tree -> tree.set(target.key, fitting(value, target));
      case List<?> list -> {
        int at = target.key.equals("-") ? list.size() : index(target.key, list.size() + 1);
        writable(list).add(at, fitting(value, target));
      }
      default -> throw new IllegalStateException("no container");
    }
  }

  private static void put(Target target, Object value) {
    switch (target.container) {
      case Tree tree -> tree.set(target.key, value);
      case List<?> list -> writable(list).set(index(target.key, list.size()), value);
      default -> throw new IllegalStateException("no container");
    }
  }

  private static void replace(Target target, Object value) {
    put(target, fitting(value, target));
  }

  private static void remove(Target target) {
    switch (target.container) {
      case Tree tree -> {
        if (!tree.has(target.key)) {
          throw PatchException.unprocessable("Unable to remove nonexistent key: " + target.key + ": missing value");
        }
        tree.remove(target.key);
      }
      case List<?> list -> list.remove(index(target.key, list.size()));
      default -> throw new IllegalStateException("no container");
    }
  }

  @SuppressWarnings("unchecked")
  private static List<Object> writable(List<?> list) {
    return (List<Object>) list;
  }

  private static int index(String key, int bound) {
    int index;
    try {
      index = Integer.parseInt(key);
    } catch (NumberFormatException e) {
      throw PatchException.unprocessable("value was not a proper array index: '" + key + "'");
    }
    if (index >= bound || index < -bound) {
      throw PatchException.unprocessable("Unable to access invalid index: " + index + ": invalid index referenced");
    }
    return index < 0 ? index + bound : index;
  }
}
