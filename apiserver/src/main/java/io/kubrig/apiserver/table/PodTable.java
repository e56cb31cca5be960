package io.kubrig.apiserver.table;

import io.kubrig.machinery.tree.Tree;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The columns of pods. (Source: printers/internalversion of native.) */
public final class PodTable implements TableColumns {
  private static final String NONE = "<none>";
  private static final List<Column> COLUMNS =
      List.of(
          Columns.NAME,
          Columns.text("Ready", "The aggregate readiness state of this pod for accepting traffic."),
          Columns.text("Status", "The aggregate status of the containers in this pod."),
          Columns.text(
              "Restarts",
              "The number of times the containers in this pod have been restarted and when the last container in this pod has restarted."),
          Columns.AGE,
          Columns.wide(
              "IP",
              "podIP address allocated to the pod. Routable at least within the cluster. Empty if not yet allocated."),
          Columns.wide("Node", "NodeName indicates in which node this pod is scheduled."),
          Columns.wide(
              "Nominated Node",
              "nominatedNodeName is set only when this pod preempts other pods on the node, but it cannot be scheduled right away as "
                  + "preemption"
                  + " victims receive their graceful termination periods."),
          Columns.wide("Readiness Gates", "If specified, all readiness gates will be evaluated for pod readiness."));

  @Override
  public List<Column> columns() {
    return COLUMNS;
  }

  @Override
  public List<Object> cells(Tree object, Instant now) {
    PodSummary summary = PodSummary.of(object);
    String restarts = Long.toString(summary.restarts());
    if (summary.restarts() != 0 && !summary.lastRestart().isEmpty()) {
      restarts += " (" + Ages.since(summary.lastRestart(), now) + " ago)";
    }
    Tree status = object.tree("status");
    List<Tree> addresses = status.trees("podIPs");
    return Columns.row(
        Columns.name(object),
        summary.ready() + "/" + summary.containers(),
        summary.reason(),
        restarts,
        Columns.age(object, now),
        orNone(addresses.isEmpty() ? "" : addresses.getFirst().string("ip")),
        orNone(object.tree("spec").string("nodeName")),
        orNone(status.string("nominatedNodeName")),
        readinessGates(object.tree("spec").trees("readinessGates"), status.trees("conditions")));
  }

  private static String orNone(String text) {
    return text.isEmpty() ? NONE : text;
  }

  private static String readinessGates(List<Tree> gates, List<Tree> conditions) {
    if (gates.isEmpty()) {
      return NONE;
    }
    long passed = gates.stream().filter(gate -> isTrue(conditions, gate.string("conditionType"))).count();
    return passed + "/" + gates.size();
  }

  static boolean isTrue(List<Tree> conditions, String type) {
    return conditions.stream()
        .filter(condition -> condition.string("type").equals(type))
        .findFirst()
        .filter(condition -> condition.string("status").equals("True"))
        .isPresent();
  }

  @Override
  public Optional<String> completed(Tree object) {
    String phase = object.tree("status").string("phase");
    return phase.equals("Succeeded") || phase.equals("Failed") ? Optional.of(phase) : Optional.empty();
  }
}
