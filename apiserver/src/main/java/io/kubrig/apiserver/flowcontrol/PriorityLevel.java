package io.kubrig.apiserver.flowcontrol;

import io.kubrig.machinery.tree.Tree;

/**
 * What requests of one priority may take of the server. (Source: flowcontrol.apiserver.k8s.io/v1 PriorityLevelConfiguration.)
 *
 * @param exempt whether its requests never wait
 * @param shares of the server's seats, relative to the other levels'
 */
record PriorityLevel(
    String name, String uid, boolean exempt, long shares, Queuing queuing, long lendablePercent, long borrowingLimitPercent) {

  /** A level that neither lends nor is bounded in what it borrows. */
  PriorityLevel(String name, String uid, boolean exempt, long shares, Queuing queuing) {
    this(name, uid, exempt, shares, queuing, 0, UNBOUNDED);
  }

  static final long UNBOUNDED = -1;

  /**
   * Where requests wait.
   *
   * @param queues 0 where none may wait
   * @param hand how many queues one flow may use
   * @param length how many requests may wait in one queue
   */
  record Queuing(int queues, int hand, int length) {
    static final Queuing NONE = new Queuing(0, 0, 0);
  }

  static PriorityLevel of(Tree object) {
    Tree metadata = object.tree("metadata");
    Tree spec = object.tree("spec");
    boolean exempt = spec.string("type").equals("Exempt");
    Tree limited = exempt ? spec.tree("exempt") : spec.tree("limited");
    Tree response = limited.tree("limitResponse");
    Tree queuing = response.tree("queuing");
    boolean queues = response.string("type").equals("Queue");
    return new PriorityLevel(
        metadata.string("name"),
        metadata.string("uid"),
        exempt,
        limited.integer("nominalConcurrencyShares", exempt ? 0 : 30),
        queues ? new Queuing((int) queuing.integer("queues", 64), (int) queuing.integer("handSize", 8),
            (int) queuing.integer("queueLengthLimit", 50)) : Queuing.NONE,
        limited.integer("lendablePercent", 0),
        exempt ? 0 : limited.integer("borrowingLimitPercent", UNBOUNDED));
  }
}
