package io.kubrig.machinery.schema;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects what strict decoding complains about, with the path of where the decoder is. Bounded, each complaint once, as native. */
final class StrictErrors {
  private static final int MOST = 100;

  private final StringBuilder path = new StringBuilder();
  private Set<String> errors = Set.of();

  /** Enters a member and answers where to come back to. */
  int enter(String name) {
    int mark = path.length();
    if (mark > 0) {
      path.append('.');
    }
    path.append(name);
    return mark;
  }

  int enter(int index) {
    int mark = path.length();
    path.append('[').append(index).append(']');
    return mark;
  }

  void leave(int mark) {
    path.setLength(mark);
  }

  String path() {
    return path.toString();
  }

  void unknown(String name) {
    add("unknown", name);
  }

  void duplicate(String name) {
    add("duplicate", name);
  }

  private void add(String kind, String name) {
    if (errors.isEmpty()) {
      errors = new LinkedHashSet<>();
    }
    if (errors.size() < MOST) {
      int mark = enter(name);
      errors.add(kind + " field \"" + path + '"');
      leave(mark);
    }
  }

  List<String> list() {
    return new ArrayList<>(errors);
  }
}
