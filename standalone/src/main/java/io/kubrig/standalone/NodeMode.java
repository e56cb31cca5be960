package io.kubrig.standalone;

/** What the cluster's nodes are. */
sealed interface NodeMode {

  /** One node: this machine, with real containers. */
  record Containerd() implements NodeMode {}

  /** Nodes that only the API knows: pods bound to them run in name only. */
  record Simulated(int count) implements NodeMode {
    public Simulated {
      if (count < 0 || count > 15_000) {
        throw new IllegalArgumentException("between 0 and 15000 nodes can be simulated, not " + count);
      }
    }
  }

  /**
   * Reads {@code containerd}, {@code simulated} or {@code simulated:N}.
   *
   * @throws IllegalArgumentException when it is neither
   */
  static NodeMode parse(String text) {
    if (text.equals("containerd")) {
      return new Containerd();
    }
    if (text.equals("simulated")) {
      return new Simulated(1);
    }
    if (text.matches("simulated:\\d{1,6}")) {
      return new Simulated(Integer.parseInt(text.substring("simulated:".length())));
    }
    throw new IllegalArgumentException("'" + text + "' is neither containerd nor simulated[:N]");
  }
}
