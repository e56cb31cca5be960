package io.kubrig.machinery.json;

import io.kubrig.machinery.tree.Tree;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Objects that come again and again, byte by byte the same, kept once: the {@code fieldsV1} of managed fields, which are nearly half of a
 * stored pod and alike in all pods of one shape.
 *
 * <p>A bounded table from the bytes of an object to its shared tree. A newer object takes the place of an older one with the same hash.
 */
public final class SharedTrees {
  private static final int SLOTS = 1024;
  private static final int LONGEST = 4096;
  private static final AtomicReferenceArray<Tree> TABLE = new AtomicReferenceArray<>(SLOTS);

  private SharedTrees() {}

  /** The shared tree of the same JSON: one that is known, or the given tree made shared. Large ones stay as they are. */
  public static Tree of(Tree tree) {
    if (tree.sharedJson() != null) {
      return tree;
    }
    byte[] json = Json.write(tree);
    Tree known = find(json, 0);
    return known != null ? known : keep(tree, json);
  }

  /** The shared tree of the object that begins at a position, or null. The object ends where the tree's JSON does. */
  static Tree find(byte[] in, int from) {
    int end = end(in, from);
    if (end < 0) {
      return null;
    }
    Tree known = TABLE.get(slot(in, from, end));
    return known != null && Arrays.equals(known.sharedJson(), 0, known.sharedJson().length, in, from, end) ? known : null;
  }

  /** Keeps a tree that was read from a range of bytes, if those are what it would be written as. */
  static Tree keep(Tree tree, byte[] in, int from, int to) {
    if (to - from > LONGEST) {
      return tree;
    }
    byte[] json = Json.write(tree);
    return Arrays.equals(json, 0, json.length, in, from, to) ? keep(tree, json) : tree;
  }

  private static Tree keep(Tree tree, byte[] json) {
    if (json.length > LONGEST) {
      return tree;
    }
    tree.share(json);
    TABLE.set(slot(json, 0, json.length), tree);
    return tree;
  }

  /** Where an object ends, found by its brackets and strings alone; -1 when it is too long or does not end. */
  private static int end(byte[] in, int from) {
    int last = Math.min(in.length, from + LONGEST);
    int depth = 0;
    boolean quoted = false;
    for (int i = from; i < last; i++) {
      byte c = in[i];
      if (quoted) {
        if (c == '\\') {
          i++;
        } else if (c == '"') {
          quoted = false;
        }
      } else if (c == '"') {
        quoted = true;
      } else if (c == '{') {
        depth++;
      } else if (c == '}' && --depth == 0) {
        return i + 1;
      }
    }
    return -1;
  }

  private static int slot(byte[] in, int from, int to) {
    int hash = to - from;
    for (int i = from; i < to; i++) {
      hash = hash * 31 + in[i];
    }
    return (hash ^ (hash >>> 15)) & (SLOTS - 1);
  }
}
