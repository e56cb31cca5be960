package io.kubrig.apiserver.audit;

import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.tree.Tree;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes the bodies out of events that are too long, and drops those that still are: {@code --audit-*-truncate-enabled}. */
public final class TruncatedEvents implements AuditSink {
  private static final Logger LOG = LoggerFactory.getLogger(TruncatedEvents.class);

  private final AuditSink next;
  private final int maxBytes;

  /** @param maxBytes of an event as JSON */
  public TruncatedEvents(AuditSink next, int maxBytes) {
    this.next = next;
    this.maxBytes = maxBytes;
  }

  @Override
  public void take(Tree event) {
    if (Json.write(event).length <= maxBytes) {
      next.take(event);
      return;
    }
    Tree shorter = event.copy();
    shorter.remove("requestObject");
    shorter.remove("responseObject");
    shorter.need("annotations").set("audit.k8s.io/truncated", "true");
    if (Json.write(shorter).length <= maxBytes) {
      next.take(shorter);
    } else {
      LOG.error("Error in audit plugin 'truncate' affecting 1 audit events: event is too large even after truncating");
    }
  }

  @Override
  public void close() {
    next.close();
  }
}
