package io.kubrig.scheduler.framework;

import io.kubrig.scheduler.state.NodeInfo;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Why no node was found: what conditions and events of the pod say. */
public final class FitError {
  private final int numNodes;
  private final NodeStatuses statuses = new NodeStatuses();
  private final Set<String> unschedulablePlugins = new LinkedHashSet<>();
  private final Set<String> pendingPlugins = new LinkedHashSet<>();
  private String preFilterMessage = "";
  private String postFilterMessage = "";

  public FitError(int numNodes) {
    this.numNodes = numNodes;
  }

  public NodeStatuses statuses() {
    return statuses;
  }

  /** The plugins an event must speak to before the pod is tried again. */
  public Set<String> unschedulablePlugins() {
    return unschedulablePlugins;
  }

  /** Those among them that wait for something outside; the pod is then tried again without back-off. */
  public Set<String> pendingPlugins() {
    return pendingPlugins;
  }

  /** Notes the plugin of a rejection. */
  public void addPlugin(Status status) {
    if (!status.plugin().isEmpty() && status.isRejected()) {
      (status.code() == Code.PENDING ? pendingPlugins : unschedulablePlugins).add(status.plugin());
    }
  }

  /** Notes that a node was turned down. */
  public void reject(String node, Status status) {
    statuses.put(node, status);
    addPlugin(status);
  }

  /** Notes that nodes were turned down, each for the first time; the lists must not change any more. */
  public void reject(List<NodeInfo> nodes, List<Status> reasons) {
    statuses.putAll(nodes, reasons);
    Status last = null;
    for (Status s : reasons) {
      if (s != last) {
        addPlugin(s);
        last = s;
      }
    }
  }

  public void setPreFilterMessage(String message) {
    preFilterMessage = message;
  }

  public void setPostFilterMessage(String message) {
    postFilterMessage = message;
  }

  /** The text for people, exactly as native. */
  public String message() {
    StringBuilder b = new StringBuilder("0/").append(numNodes).append(" nodes are available:");
    if (!preFilterMessage.isEmpty()) {
      b.append(' ').append(preFilterMessage).append('.');
    } else {
      String reasons = String.join(", ", statuses.histogram(numNodes));
      if (!reasons.isEmpty()) {
        b.append(' ').append(reasons).append('.');
      }
    }
    if (!postFilterMessage.isEmpty()) {
      b.append(' ').append(postFilterMessage);
    }
    return b.toString();
  }
}
