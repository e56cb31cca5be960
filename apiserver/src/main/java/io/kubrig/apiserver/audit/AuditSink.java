package io.kubrig.apiserver.audit;

import io.kubrig.machinery.tree.Tree;

/** Takes events; must not block for long. */
public interface AuditSink extends AutoCloseable {
  /** @param event an audit.k8s.io/v1 Event, the sink's own */
  void take(Tree event);

  /** Writes out what it holds. */
  @Override
  void close();
}
