package io.kubrig.operators.job;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** A set of completion indexes, written as {@code 1,3-5,7}. */
final class IndexSet {
  private final BitSet bits = new BitSet();

  /** Reads the text form; parts that make no sense, and indexes from a limit on, are left out. */
  static IndexSet parse(String text, int limit) {
    IndexSet set = new IndexSet();
    if (text == null || text.isEmpty()) {
      return set;
    }
    for (String part : text.split(",")) {
      if (part.matches("[0-9]{1,9}(-[0-9]{1,9})?")) {
        String[] ends = part.split("-");
        int from = Integer.parseInt(ends[0]);
        int to = Math.min(Integer.parseInt(ends[ends.length - 1]), limit - 1);
        if (from <= to) {
          set.bits.set(from, to + 1);
        }
      }
    }
    return set;
  }

  void add(int index) {
    bits.set(index);
  }

  boolean has(int index) {
    return bits.get(index);
  }

  int size() {
    return bits.cardinality();
  }

  boolean isEmpty() {
    return bits.isEmpty();
  }

  IndexSet plus(IndexSet other) {
    IndexSet sum = new IndexSet();
    sum.bits.or(bits);
    sum.bits.or(other.bits);
    return sum;
  }

  IndexSet common(IndexSet other) {
    IndexSet both = new IndexSet();
    both.bits.or(bits);
    both.bits.and(other.bits);
    return both;
  }

  /** The lowest indexes below a limit that are not in this set. */
  List<Integer> firstMissing(int count, int limit) {
    List<Integer> missing = new ArrayList<>();
    for (int index = bits.nextClearBit(0); index < limit && missing.size() < count; index = bits.nextClearBit(index + 1)) {
      missing.add(index);
    }
    return missing;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof IndexSet set && set.bits.equals(bits);
  }

  @Override
  public int hashCode() {
    return bits.hashCode();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int from = bits.nextSetBit(0); from >= 0; ) {
      int to = bits.nextClearBit(from) - 1;
      text.append(text.isEmpty() ? "" : ",").append(from);
      if (to > from) {
        text.append(to == from + 1 ? "," : "-").append(to);
      }
      from = bits.nextSetBit(to + 1);
    }
    return text.toString();
  }
}
