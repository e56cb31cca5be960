package io.kubrig.apiserver.registry;

import io.kubrig.apiserver.storage.Entry;
import io.kubrig.machinery.tree.Tree;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The trees of stored objects that are asked for again and again: namespaces, quotas, classes and accounts, which admission reads for every
 * pod.
 *
 * <p>A bounded table by key. What it answers is always of the very entry that was given; one that has been replaced is decoded anew. Trees
 * are frozen and shared by all who ask.
 */
public final class DecodedObjects {
  private static final int SLOTS = 1024;

  private record Decoded(Entry entry, Tree tree) {}

  private final AtomicReferenceArray<Decoded> table = new AtomicReferenceArray<>(SLOTS);

  /** The object of an entry in its storage version; frozen. */
  public Tree of(Entry entry) {
    int hash = entry.key().hashCode();
    int slot = (hash ^ (hash >>> 16)) & (SLOTS - 1);
    Decoded known = table.get(slot);
    if (known != null && known.entry == entry) {
      return known.tree;
    }
    Tree tree = ObjectStore.tree(entry).freeze();
    table.set(slot, new Decoded(entry, tree));
    return tree;
  }
}
