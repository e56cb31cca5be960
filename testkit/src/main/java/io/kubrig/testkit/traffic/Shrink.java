package io.kubrig.testkit.traffic;

import java.util.ArrayList;
import java.util.List;

/** Delta debugging (Zeller and Hildebrandt, 2002): what can be left out of a list without the failure going away is left out. */
public final class Shrink {
  private Shrink() {}

  /** Whether something still goes wrong with these. */
  @FunctionalInterface
  public interface Trial<T> {
    boolean fails(List<T> some) throws Exception;
  }

  /**
   * A part of the list, in its order, that fails and from which no single element can be left out.
   *
   * @param all fails
   */
  public static <T> List<T> smallest(List<T> all, Trial<T> trial) throws Exception {
    List<T> rest = List.copyOf(all);
    int parts = Math.min(2, rest.size());
    while (parts > 0) {
      List<T> less = withoutOnePart(rest, parts, trial);
      if (less.size() < rest.size()) {
        rest = less;
        parts = Math.min(rest.size(), Math.max(2, parts - 1));
      } else if (parts < rest.size()) {
        parts = Math.min(rest.size(), parts * 2);
      } else {
        return rest;
      }
    }
    return rest;
  }

  private static <T> List<T> withoutOnePart(List<T> all, int parts, Trial<T> trial) throws Exception {
    for (int part = 0; part < parts; part++) {
      int from = all.size() * part / parts;
      int to = all.size() * (part + 1) / parts;
      List<T> less = new ArrayList<>(all.subList(0, from));
      less.addAll(all.subList(to, all.size()));
      if (trial.fails(less)) {
        return less;
      }
    }
    return all;
  }
}
