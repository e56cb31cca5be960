package io.kubrig.apiserver.storage;

import java.util.function.Predicate;

/**
 * A persistent map of entries in the order of their keys: a change answers a new map that shares all but one path with the old one.
 *
 * <p>An AVL tree; every node knows the size of its subtree, so that counting a range costs two descents. Immutable.
 */
final class SortedEntries {
  static final SortedEntries EMPTY = new SortedEntries(null);

  private final Node root;

  private SortedEntries(Node root) {
    this.root = root;
  }

  int size() {
    return size(root);
  }

  /** The entry under a key, or null. */
  Entry get(String key) {
    Node node = root;
    while (node != null) {
      int order = key.compareTo(node.entry.key());
      if (order == 0) {
        return node.entry;
      }
      node = order < 0 ? node.left : node.right;
    }
    return null;
  }

  SortedEntries with(Entry entry) {
    return new SortedEntries(insert(root, entry));
  }

  SortedEntries without(String key) {
    return new SortedEntries(delete(root, key));
  }

  /** Visits entries with {@code from <= key < to} in order until the visitor answers false. */
  void scan(String from, String to, Predicate<Entry> visitor) {
    scan(root, from, to, visitor);
  }

  /** How many keys are in {@code from <= key < to}. */
  int count(String from, String to) {
    return Math.max(0, rank(to) - rank(from));
  }

  /** How many keys are smaller. */
  private int rank(String key) {
    int rank = 0;
    Node node = root;
    while (node != null) {
      if (key.compareTo(node.entry.key()) <= 0) {
        node = node.left;
      } else {
        rank += size(node.left) + 1;
        node = node.right;
      }
    }
    return rank;
  }

  private static boolean scan(Node node, String from, String to, Predicate<Entry> visitor) {
    if (node == null) {
      return true;
    }
    String key = node.entry.key();
    boolean reachesLeft = from.compareTo(key) < 0;
    boolean below = key.compareTo(to) < 0;
    if (reachesLeft && !scan(node.left, from, to, visitor)) {
      return false;
    }
    if (below && from.compareTo(key) <= 0 && !visitor.test(node.entry)) {
      return false;
    }
    return !below || scan(node.right, from, to, visitor);
  }

  private static Node insert(Node node, Entry entry) {
    if (node == null) {
      return new Node(entry, null, null);
    }
    int order = entry.key().compareTo(node.entry.key());
    if (order == 0) {
      return new Node(entry, node.left, node.right);
    }
    return order < 0
        ? balanced(node.entry, insert(node.left, entry), node.right)
        : balanced(node.entry, node.left, insert(node.right, entry));
  }

  private static Node delete(Node node, String key) {
    if (node == null) {
      return null;
    }
    int order = key.compareTo(node.entry.key());
    if (order < 0) {
      return balanced(node.entry, delete(node.left, key), node.right);
    }
    if (order > 0) {
      return balanced(node.entry, node.left, delete(node.right, key));
    }
    if (node.left == null) {
      return node.right;
    }
    if (node.right == null) {
      return node.left;
    }
    Entry next = first(node.right);
    return balanced(next, node.left, delete(node.right, next.key()));
  }

  private static Entry first(Node node) {
    Node at = node;
    while (at.left != null) {
      at = at.left;
    }
    return at.entry;
  }

  private static Node balanced(Entry entry, Node left, Node right) {
    int tilt = height(left) - height(right);
    if (tilt > 1) {
      return height(left.left) >= height(left.right)
          ? new Node(left.entry, left.left, new Node(entry, left.right, right))
          : new Node(
              left.right.entry, new Node(left.entry, left.left, left.right.left), new Node(entry, left.right.right, right));
    }
    if (tilt < -1) {
      return height(right.right) >= height(right.left)
          ? new Node(right.entry, new Node(entry, left, right.left), right.right)
          : new Node(
              right.left.entry, new Node(entry, left, right.left.left), new Node(right.entry, right.left.right, right.right));
    }
    return new Node(entry, left, right);
  }

  private static int height(Node node) {
    return node == null ? 0 : node.height;
  }

  private static int size(Node node) {
    return node == null ? 0 : node.size;
  }

  private static final class Node {
    final Entry entry;
    final Node left;
    final Node right;
    final int size;
    final byte height;

    Node(Entry entry, Node left, Node right) {
      this.entry = entry;
      this.left = left;
      this.right = right;
      this.size = size(left) + size(right) + 1;
      this.height = (byte) (Math.max(height(left), height(right)) + 1);
    }
  }
}
