package io.kubrig.apiserver.storage;

/** The revision asked for has aged out. */
public final class CompactedException extends Exception {
  private final long oldest;

  public CompactedException(long oldest) {
    super("required revision has been compacted", null, false, false);
    this.oldest = oldest;
  }

  /** The oldest revision that is still there. */
  public long oldest() {
    return oldest;
  }
}
