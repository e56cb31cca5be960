package io.kubrig.machinery.fieldmanager;

import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Merges an applied configuration into an object. The result shares values with both. */
final class Merger {
  /** Stands for a value that is not there, which is something else than a null. */
  private static final Object ABSENT = new Object();

  private Merger() {}

  static Tree merge(Tree live, Tree config, Schema schema) {
    return merged(live, config, schema) instanceof Tree tree ? tree : new Tree();
  }

  private static Object merged(Object live, Object config, Schema schema) {
    Shapes.Shape shape = Shapes.shape(schema, config == ABSENT || config == null ? live == ABSENT ? config : live : config);
    boolean empty = shape == Shapes.Shape.MAP ? size(live) + size(config) == 0 : shape == Shapes.Shape.LIST
        && size(live) + size(config) == 0;
    if (Shapes.atomic(schema, shape) || empty) {
      return config == ABSENT ? live : config;
    }
    if (shape == Shapes.Shape.MAP) {
      return maps(live instanceof Tree tree ? tree : Tree.empty(), config instanceof Tree tree ? tree : Tree.empty(), schema);
    }
    return lists(live instanceof List<?> list ? list : List.of(), config instanceof List<?> list ? list : List.of(), schema);
  }

  private static int size(Object value) {
    return value instanceof Tree tree ? tree.size() : value instanceof List<?> list ? list.size() : 0;
  }

  private static Object maps(Tree live, Tree config, Schema schema) {
    Tree out = new Tree();
    for (int i = 0; i < live.size(); i++) {
      String name = live.nameAt(i);
      put(out, name, merged(live.valueAt(i), config.has(name) ? config.get(name) : ABSENT, Shapes.memberOrDeduced(schema, name)));
    }
    for (int i = 0; i < config.size(); i++) {
      String name = config.nameAt(i);
      if (!live.has(name)) {
        put(out, name, merged(ABSENT, config.valueAt(i), Shapes.memberOrDeduced(schema, name)));
      }
    }
    return out.isEmpty() ? ABSENT : out;
  }

  private static void put(Tree out, String name, Object value) {
    if (value != ABSENT) {
      out.set(name, value);
    }
  }

  /**
   * Keeps the order of the configuration for its elements and lets the others stay where they were relative to them.
   *
   * <p>Two cursors walk both lists; an element of both that is not the next one in the configuration's order waits for its turn there.
   */
  private static Object lists(List<?> live, List<?> config, Schema schema) {
    List<PathElement> lives = addresses(live, schema);
    List<PathElement> configs = addresses(config, schema);
    Map<PathElement, Object> liveByAddress = liveByAddress(live, lives);
    Set<PathElement> inConfig = new HashSet<>(configs);
    List<PathElement> shared = configs.stream().filter(liveByAddress::containsKey).toList();
    Set<PathElement> done = new HashSet<>();
    List<Object> out = new ArrayList<>();
    int nextShared = 0;
    int l = 0;
    int c = 0;
    while (l < lives.size() || c < configs.size()) {
      PathElement left = l < lives.size() ? lives.get(l) : null;
      PathElement right = c < configs.size() ? configs.get(c) : null;
      if (left != null && right != null) {
        if (left.equals(right)) {
          done.add(left);
          add(out, merged(liveByAddress.get(left), config.get(c), schema.items()));
          l++;
          c++;
          nextShared++;
          continue;
        }
        if (inConfig.contains(left) && nextShared < shared.size() && !shared.get(nextShared).equals(left)) {
          l++; // its turn comes with the configuration's order
          continue;
        }
      }
      if (left != null) {
        if (!inConfig.contains(left)) {
          add(out, merged(live.get(l), ABSENT, schema.items()));
          l++;
          continue;
        }
        if (done.contains(left)) {
          l++;
        }
      }
      if (right != null) {
        done.add(right);
        add(out, merged(liveByAddress.getOrDefault(right, ABSENT), config.get(c), schema.items()));
        c++;
        if (nextShared < shared.size() && shared.get(nextShared).equals(right)) {
          nextShared++;
        }
      }
    }
    return out.isEmpty() ? ABSENT : out;
  }

  private static void add(List<Object> out, Object value) {
    if (value != ABSENT) {
      out.add(value);
    }
  }

  private static List<PathElement> addresses(List<?> list, Schema schema) {
    List<PathElement> addresses = new ArrayList<>(list.size());
    for (Object element : list) {
      addresses.add(Shapes.address(schema, element));
    }
    return addresses;
  }

  /** Elements that occur more than once are not merged: null stands for them. */
  private static Map<PathElement, Object> liveByAddress(List<?> live, List<PathElement> addresses) {
    Map<PathElement, Object> elements = HashMap.newHashMap(live.size());
    for (int i = 0; i < live.size(); i++) {
      PathElement address = addresses.get(i);
      elements.put(address, elements.containsKey(address) ? null : live.get(i));
    }
    return elements;
  }
}
