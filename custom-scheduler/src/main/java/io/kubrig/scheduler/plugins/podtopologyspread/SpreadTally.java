package io.kubrig.scheduler.plugins.podtopologyspread;

import io.kubrig.scheduler.model.Node;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.model.Selector;
import io.kubrig.scheduler.model.SpreadConstraint;
import io.kubrig.scheduler.plugins.tainttoleration.TaintToleration;
import io.kubrig.scheduler.state.Layout;
import io.kubrig.scheduler.state.NodeInfo;
import io.kubrig.scheduler.state.Tally;
import java.util.List;

/**
 * For each of some constraints: how many selected pods each domain has, on the nodes that count. Terminating pods are as good as gone;
 * an empty selector counts nothing, as native.
 *
 * <p>Source: calPreFilterState and PreScore of the native plugin.
 */
final class SpreadTally extends Tally {
  static final String HOSTNAME = "kubernetes.io/hostname";

  /**
   * What is counted.
   *
   * @param rules the pod's rules for nodes, where a constraint honours them; null when they let every node in
   * @param allKeys whether only nodes with the topology keys of all constraints count
   * @param perNode whether constraints on host names count the pods of each node, whichever it is
   */
  record Key(String namespace, List<SpreadConstraint> constraints, Pod.NodeRules rules, boolean allKeys, boolean perNode) {

    static Key of(Pod pod, List<SpreadConstraint> constraints, boolean allKeys, boolean perNode) {
      Pod.NodeRules rules = pod.spec().nodes();
      boolean affinity = rules.required() != null || !rules.selector().isEverything();
      boolean matters = constraints.stream().anyMatch(c -> c.honorNodeAffinity() && affinity || c.honorTaints());
      return new Key(pod.namespace(), constraints, matters ? rules : null, allKeys, perNode);
    }

    boolean isPerNode(int i) {
      return perNode && constraints.get(i).topologyKey().equals(HOSTNAME);
    }

    private boolean counts(int i, Node node) {
      SpreadConstraint c = constraints.get(i);
      return rules == null
          || (!c.honorNodeAffinity() || rules.admit(node)) && (!c.honorTaints() || TaintToleration.tolerates(rules.tolerations(), node));
    }
  }

  private final Key key;
  private final int size;
  private Layout.Column[] columns;
  private boolean[] hasAllKeys;
  private boolean[][] counted;
  private boolean[][] domainExists;
  private int[][] counts;

  SpreadTally(Key key) {
    this.key = key;
    this.size = key.constraints.size();
  }

  @Override
  protected void reset(Layout layout) {
    int nodes = layout.nodes().size();
    columns = new Layout.Column[size];
    hasAllKeys = new boolean[nodes];
    counted = new boolean[size][nodes];
    domainExists = new boolean[size][];
    counts = new int[size][];
    for (int i = 0; i < size; i++) {
      columns[i] = layout.column(key.constraints.get(i).topologyKey());
      domainExists[i] = new boolean[columns[i].size()];
      counts[i] = new int[key.isPerNode(i) ? nodes : columns[i].size()];
    }
    for (int n = 0; n < nodes; n++) {
      hasAllKeys[n] = true;
      for (int i = 0; i < size; i++) {
        hasAllKeys[n] &= columns[i].domain()[n] >= 0;
      }
    }
    for (int n = 0; n < nodes; n++) {
      for (int i = 0; i < size; i++) {
        counted[i][n] = columns[i].domain()[n] >= 0 && (hasAllKeys[n] || !key.allKeys) && key.counts(i, layout.nodes().get(n).node());
        if (counted[i][n]) {
          domainExists[i][columns[i].domain()[n]] = true;
        }
      }
    }
  }

  @Override
  protected void count(Pod pod, NodeInfo node, int by) {
    if (!pod.isTerminating() && pod.namespace().equals(key.namespace)) {
      for (int i = 0; i < size; i++) {
        Selector selector = key.constraints.get(i).selector();
        if (!selector.isEverything() && selector.matches(pod.labels())) {
          add(i, node.position(), by);
        }
      }
    }
  }

  private void add(int i, int position, int by) {
    if (key.isPerNode(i)) {
      counts[i][position] += by;
    } else if (counted[i][position]) {
      counts[i][columns[i].domain()[position]] += by;
    }
  }

  @Override
  protected boolean dependsOnNamespaces() {
    return false;
  }

  Key key() {
    return key;
  }

  /** Whether a node has the topology keys of all constraints. */
  boolean hasAllKeys(int position) {
    return hasAllKeys[position];
  }

  /** Whether the pods of a node count for a constraint. */
  boolean counts(int i, int position) {
    return counted[i][position];
  }

  /** The number of a node's domain; −1: it has no such key. */
  int domain(int i, int position) {
    return columns[i].domain()[position];
  }

  /** How many domains the whole cluster has. */
  int domains(int i) {
    return columns[i].size();
  }

  /** Which domains have nodes that count. */
  boolean[] domainExists(int i) {
    return domainExists[i];
  }

  /** The pods by domain, or by node where the constraint is counted so. Not to be changed. */
  int[] counts(int i) {
    return counts[i];
  }
}
