package io.kubrig.machinery.tree;

import java.util.HashMap;
import java.util.Map;

/** Where the names of a large tree are: at most as many places in front of what was noted as names were removed since. */
final class NameIndex {
  private static final int MOST_SHIFTED = 64;

  private final Map<String, Integer> places;
  private int shifted;

  /** @param size how many of the names there are */
  NameIndex(String[] names, int size) {
    places = HashMap.newHashMap(size * 2);
    for (int i = 0; i < size; i++) {
      places.put(names[i], i);
    }
  }

  /** The place of a name among the names as they are now, or -1. */
  int find(String name, String[] names, int size) {
    Integer place = places.get(name);
    if (place == null) {
      return -1;
    }
    int at = Math.min(place, size - 1);
    while (!names[at].equals(name)) {
      at--;
    }
    return at;
  }

  void added(String name, int place) {
    places.put(name, place);
  }

  /** Forgets a name. Answers whether the index is still worth keeping: with each removal it has to look further. */
  boolean removed(String name) {
    places.remove(name);
    return ++shifted <= MOST_SHIFTED;
  }
}
