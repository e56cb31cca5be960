package io.kubrig.machinery.json;

/**
 * What one document may cost.
 *
 * @param maxBytes the longest input, in bytes
 * @param maxDepth the deepest nesting of objects and arrays
 * @param maxValues the number of values in the whole document, which bounds what a small text of many tiny values may allocate
 */
public record Limits(int maxBytes, int maxDepth, int maxValues) {
  private static final int MIB = 1 << 20;

  /**
   * For bodies of requests: 3 MiB as kube-apiserver. The depth is less than Go's 10,000, so that no later walk over the tree can exhaust a
   * thread's stack.
   */
  public static final Limits REQUEST = new Limits(3 * MIB, 1_000, 1_500_000);

  /**
   * For what this program itself has written (stored objects, answers of servers): an object of a request may be nested as deep as that
   * allows and then stand in a list or a review.
   */
  public static final Limits TRUSTED = new Limits(Integer.MAX_VALUE, 1_500, Integer.MAX_VALUE);

  public Limits {
    if (maxBytes <= 0 || maxDepth <= 0 || maxValues <= 0) {
      throw new IllegalArgumentException("limits must be positive");
    }
  }
}
