package io.kubrig.machinery.patch;

import io.kubrig.machinery.json.GoText;
import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.schema.Schema.Field;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Strategic merge patch: lists whose schema names a merge key are merged by it, and directives in the patch say what else is to be done.
 *
 * <p>The directives are {@code $patch: replace | delete}, {@code $retainKeys}, {@code $deleteFromPrimitiveList/<list>} and
 * {@code $setElementOrder/<list>}. Source: SIG API Machinery, "strategic merge patch".
 */
public final class StrategicMergePatch {
  static final String DIRECTIVE = "$patch";
  private static final String RETAIN_KEYS = "$retainKeys";
  private static final String DELETE_PREFIX = "$deleteFromPrimitiveList";
  private static final String ORDER_PREFIX = "$setElementOrder";

  private StrategicMergePatch() {}

  /**
   * Applies a patch. Both trees are used up.
   *
   * @throws PatchException with the native message
   */
  public static Tree apply(Tree document, Tree patch, Schema schema) {
    return merged(document, patch, schema);
  }

  static Tree merged(Tree base, Tree change, Schema schema) {
    Tree original = base.opened();
    Tree patch = change.opened();
    if (patch.has(DIRECTIVE)) {
      return directed(patch);
    }
    retainKeys(original, patch);
    for (String name : patch.names()) {
      if (name.startsWith(ORDER_PREFIX)) {
        order(original, patch, name, schema);
      }
    }
    Set<String> removed = new HashSet<>();
    patch.forEach((name, value) -> member(original, name, value, schema, removed));
    if (!removed.isEmpty()) {
      original.removeIf((name, value) -> removed.contains(name));
    }
    return original;
  }

  private static Tree directed(Tree patch) {
    Object directive = patch.get(DIRECTIVE);
    if ("replace".equals(directive)) {
      patch.remove(DIRECTIVE);
      return patch;
    }
    if ("delete".equals(directive)) {
      return new Tree();
    }
    throw badDirective(directive, patch);
  }

  static PatchException badDirective(Object directive, Tree patch) {
    String shown = directive instanceof String text ? text : "%!s(" + goType(directive) + "=" + GoText.plain(directive) + ")";
    return PatchException.internal("unknown patch type: " + shown + " in map: " + GoText.plain(patch));
  }

  /** What Go calls the type of a decoded value. */
  static String goType(Object value) {
    return switch (value) {
      case null -> "nil";
      case Tree ignored -> "map[string]interface {}";
      case List<?> ignored -> "[]interface {}";
      case String ignored -> "string";
      case Boolean ignored -> "bool";
      case Long ignored -> "int64";
      default -> "float64";
    };
  }

  private static void retainKeys(Tree original, Tree patch) {
    if (!patch.has(RETAIN_KEYS)) {
      return;
    }
    if (!(patch.remove(RETAIN_KEYS) instanceof List<?> list)) {
      throw PatchException.badRequest("invalid patch format of retainKeys");
    }
    Set<Object> kept = new HashSet<>(list);
    patch.forEach(
        (name, value) -> {
          if (value != null && !name.startsWith(DELETE_PREFIX) && !name.startsWith(ORDER_PREFIX) && !kept.contains(name)) {
            throw PatchException.badRequest("invalid patch format of retainKeys");
          }
        });
    original.removeIf((name, value) -> !kept.contains(name));
  }

  private static void member(Tree original, String directive, Object value, Schema schema, Set<String> removed) {
    boolean deletes = directive.startsWith(DELETE_PREFIX);
    String name = deletes ? target(directive, DELETE_PREFIX, "invalid patch format of primitive list") : directive;
    if (value == null) {
      removed.add(name);
      return;
    }
    Object current = original.get(name);
    boolean sameForm = current instanceof Tree && value instanceof Tree || current instanceof List<?> && value instanceof List<?>;
    if (!sameForm) {
      if (!deletes) {
        put(original, name, original.has(name) && isScalar(current) && isScalar(value) ? value : withoutNulls(value));
      }
      return;
    }
    Field field = schema.fields().get(name);
    Schema child = childSchema(schema, field);
    String strategy = strategy(field);
    if (value instanceof Tree change) {
      original.set(name, strategy.equals("replace") ? change : merged((Tree) current, change, child));
    } else if (deletes || strategy.equals("merge")) {
      String mergeKey = field == null ? "" : field.patchMergeKey();
      original.set(name, new ListMerge(mergeKey, elementSchema(child)).merged((List<?>) current, (List<?>) value, deletes));
    } else {
      original.set(name, value);
    }
  }

  private static boolean isScalar(Object value) {
    return !(value instanceof Tree) && !(value instanceof List<?>);
  }

  /** The strategy besides retainKeys, which only clients look at: merge, replace or "". */
  private static String strategy(Field field) {
    if (field == null) {
      return "";
    }
    return switch (field.patchStrategy()) {
      case "merge", "merge,retainKeys", "retainKeys,merge" -> "merge";
      case "replace", "replace,retainKeys", "retainKeys,replace" -> "replace";
      default -> "";
    };
  }

  private static final Schema UNKNOWN = new Schema(Schema.Type.ANY);

  private static Schema childSchema(Schema schema, Field field) {
    if (field != null) {
      return field.schema();
    }
    return schema.type() == Schema.Type.MAP ? schema.items() : UNKNOWN;
  }

  private static Schema elementSchema(Schema list) {
    return list.type() == Schema.Type.ARRAY ? list.items() : UNKNOWN;
  }

  private static String target(String directive, String prefix, String complaint) {
    int slash = directive.indexOf('/');
    if (slash != prefix.length()) {
      throw PatchException.badRequest(complaint);
    }
    return directive.substring(slash + 1);
  }

  // ---- order ---------------------------------------------------------------------------------------------------------

  /** Merges a list whose order the patch states; the list is then done with. */
  private static void order(Tree original, Tree patch, String directive, Schema schema) {
    Object stated = patch.remove(directive);
    if (!(stated instanceof List<?> order)) {
      throw PatchException.internal("expected a []interface {}, but received a " + goType(stated));
    }
    String name = target(directive, ORDER_PREFIX, "invalid patch format of setElementOrder list");
    List<?> current = listOrNull(original, name);
    List<?> change = listOrNull(patch, name);
    Field field = schema.fields().get(name);
    if (field == null && schema.type() == Schema.Type.OBJECT) {
      throw PatchException.internal("unable to find api field in struct " + schema.name().substring(schema.name().lastIndexOf('.') + 1)
          + " for the json field \"" + name + "\"");
    }
    String mergeKey = field == null ? "" : field.patchMergeKey();
    ListMerge merge = new ListMerge(mergeKey, elementSchema(childSchema(schema, field)));
    merge.checkOrder(change == null ? List.of() : change, order);
    if (current == null && change == null) {
      return;
    }
    merge.checkKeys(order);
    List<?> merged;
    if (change == null) {
      merged = current;
    } else if (current == null) {
      merged = (List<?>) withoutDirectives(change);
    } else if (strategy(field).equals("merge")) {
      merged = merge.merged(current, change, false);
    } else {
      merged = change;
    }
    original.set(name, merge.ordered(merged, order, current == null ? List.of() : current));
    patch.remove(name);
  }

  private static List<?> listOrNull(Tree tree, String name) {
    if (!tree.has(name)) {
      return null;
    }
    if (tree.get(name) instanceof List<?> list) {
      return list;
    }
    throw PatchException.internal("expected a []interface {}, but received a " + goType(tree.get(name)));
  }

  // ---- new values ----------------------------------------------------------------------------------------------------

  private static void put(Tree original, String name, Object value) {
    if (isDirected(value)) {
      original.remove(name);
    } else {
      original.set(name, withoutDirectives(value));
    }
  }

  static boolean isDirected(Object value) {
    return value instanceof Tree tree && tree.has(DIRECTIVE);
  }

  /** Leaves out what only makes sense where something is to be merged. */
  private static Object withoutDirectives(Object value) {
    return kept(value, StrategicMergePatch::isDirected, StrategicMergePatch::isDirected);
  }

  private static Object withoutNulls(Object value) {
    return kept(value, member -> member == null, element -> false);
  }

  /** A copy without some members of objects and elements of lists, at every depth. */
  private static Object kept(Object value, Predicate<Object> leavesMember, Predicate<Object> leavesElement) {
    return switch (value) {
      case Tree tree -> {
        Tree out = new Tree();
        tree.forEach(
            (name, member) -> {
              if (!leavesMember.test(member)) {
                out.set(name, kept(member, leavesMember, leavesElement));
              }
            });
        yield out;
      }
      case List<?> list -> {
        List<Object> out = new ArrayList<>(list.size());
        for (Object element : list) {
          if (!leavesElement.test(element)) {
            out.add(kept(element, leavesMember, leavesElement));
          }
        }
        yield out;
      }
      case null, default -> value;
    };
  }
}
