package io.kubrig.scheduler.model;

import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Amounts of resources as a primitive array indexed by resource: cpu in milli-cores, everything else in units.
 *
 * <p>The index of a resource name is given once per process; names are few. A vector may be shorter than the number of known resources:
 * what lies beyond is zero.
 */
public final class ResourceVector {
  public static final int CPU = 0;
  public static final int MEMORY = 1;
  public static final int EPHEMERAL_STORAGE = 2;
  /** From this index on: extended resources, huge pages, attachable volumes. */
  public static final int FIRST_SCALAR = 3;

  private static final ConcurrentHashMap<String, Integer> INDEX = new ConcurrentHashMap<>();
  private static final List<String> NAMES = new CopyOnWriteArrayList<>();

  static {
    index("cpu");
    index("memory");
    index("ephemeral-storage");
  }

  private long[] amounts;

  /** All zero. */
  public ResourceVector() {
    this.amounts = new long[FIRST_SCALAR];
  }

  private ResourceVector(long[] amounts) {
    this.amounts = amounts;
  }

  /** The index of a resource name, given at its first use. */
  public static int index(String name) {
    Integer known = INDEX.get(name);
    if (known != null) {
      return known;
    }
    synchronized (INDEX) {
      return INDEX.computeIfAbsent(name, n -> {
        NAMES.add(n);
        return NAMES.size() - 1;
      });
    }
  }

  /** The name of a resource. */
  public static String name(int index) {
    return NAMES.get(index);
  }

  /** The amounts of a resource list, without {@code pods}, which is a count of its own. */
  public static ResourceVector of(Map<String, Quantity> list) {
    ResourceVector v = new ResourceVector();
    if (list != null) {
      list.forEach((name, q) -> {
        if (!name.equals("pods")) {
          int i = index(name);
          v.set(i, i == CPU ? Amounts.milli(q) : Amounts.value(q));
        }
      });
    }
    return v;
  }

  /** The amount of one resource. */
  public long get(int index) {
    return index < amounts.length ? amounts[index] : 0;
  }

  /** Sets the amount of one resource. */
  public void set(int index, long amount) {
    if (index >= amounts.length) {
      amounts = Arrays.copyOf(amounts, index + 1);
    }
    amounts[index] = amount;
  }

  /** Adds another vector to this one. */
  public ResourceVector add(ResourceVector other) {
    for (int i = 0; i < other.amounts.length; i++) {
      if (other.amounts[i] != 0) {
        set(i, get(i) + other.amounts[i]);
      }
    }
    return this;
  }

  /** Takes another vector from this one. */
  public ResourceVector subtract(ResourceVector other) {
    for (int i = 0; i < other.amounts.length; i++) {
      if (other.amounts[i] != 0) {
        set(i, get(i) - other.amounts[i]);
      }
    }
    return this;
  }

  /** Raises each amount to at least that of another vector. */
  public ResourceVector raiseTo(ResourceVector other) {
    for (int i = 0; i < other.amounts.length; i++) {
      if (other.amounts[i] > get(i)) {
        set(i, other.amounts[i]);
      }
    }
    return this;
  }

  /** One past the highest index that may be non-zero. */
  public int size() {
    return amounts.length;
  }

  /** Whether every amount is zero. */
  public boolean isZero() {
    for (long a : amounts) {
      if (a != 0) {
        return false;
      }
    }
    return true;
  }

  /** An independent copy. */
  public ResourceVector copy() {
    return new ResourceVector(amounts.clone());
  }

  @Override
  public boolean equals(Object other) {
    if (!(other instanceof ResourceVector v)) {
      return false;
    }
    for (int i = 0; i < Math.max(size(), v.size()); i++) {
      if (get(i) != v.get(i)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int hashCode() {
    int h = 0;
    for (int i = 0; i < amounts.length; i++) {
      h += Long.hashCode(amounts[i]) * (31 + i);
    }
    return h;
  }

  @Override
  public String toString() {
    StringBuilder b = new StringBuilder();
    for (int i = 0; i < amounts.length; i++) {
      if (amounts[i] != 0) {
        b.append(b.isEmpty() ? "" : ",").append(name(i)).append('=').append(amounts[i]);
      }
    }
    return b.toString();
  }
}
