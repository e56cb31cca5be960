package io.kubrig.scheduler.state;

import io.kubrig.scheduler.model.Labels;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The nodes in the order they are looked at, and their labels as columns. It never changes: when a node comes, goes, or changes its labels
 * or taints, another layout takes its place. What is indexed by a node's position is therefore valid for one layout only.
 *
 * <p>Used by the scheduling thread only.
 */
public final class Layout {

  /**
   * The values of one label, dictionary-encoded.
   *
   * @param domain by position of a node: the number of its value, or −1 when the node has no such label
   * @param values by number
   */
  public record Column(int[] domain, List<String> values) {
    /** The number of different values. */
    public int size() {
      return values.size();
    }
  }

  private final List<NodeInfo> nodes;
  private final Map<String, Column> columns = new HashMap<>();

  Layout(List<NodeInfo> nodes) {
    this.nodes = nodes;
    for (int i = 0; i < nodes.size(); i++) {
      nodes.get(i).setPosition(i);
    }
  }

  /** The nodes by position. */
  public List<NodeInfo> nodes() {
    return nodes;
  }

  /** The column of a label; made when it is first asked for. */
  public Column column(String key) {
    Column known = columns.get(key);
    if (known == null) {
      known = read(key);
      columns.put(key, known);
    }
    return known;
  }

  private Column read(String key) {
    int[] domain = new int[nodes.size()];
    Map<String, Integer> numbers = new HashMap<>();
    List<String> values = new ArrayList<>();
    for (int i = 0; i < domain.length; i++) {
      Labels labels = nodes.get(i).node().labels();
      String value = labels.value(key);
      if (value == null) {
        domain[i] = -1;
        continue;
      }
      Integer number = numbers.putIfAbsent(value, values.size());
      if (number == null) {
        domain[i] = values.size();
        values.add(value);
      } else {
        domain[i] = number;
      }
    }
    return new Column(domain, values);
  }
}
