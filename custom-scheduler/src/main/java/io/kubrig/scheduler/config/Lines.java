package io.kubrig.scheduler.config;

import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** On which lines of a file its fields are, by full name, e.g. {@code profiles[0].schedulerName}. Unit: lines from 1; 0 is unknown. */
final class Lines {
  static final Lines NONE = new Lines();

  private final Map<String, Integer> byPath = new HashMap<>();

  private Lines() {}

  /** The lines of the first document. A text that cannot be read so has none: the reader of its values will say what is wrong. */
  static Lines of(String yaml) {
    Lines lines = new Lines();
    try {
      LoadSettings settings = LoadSettings.builder().setAllowDuplicateKeys(true).build();
      Iterator<Node> documents = new Compose(settings).composeAllFromString(yaml).iterator();
      if (documents.hasNext()) {
        lines.note("", documents.next());
      }
    } catch (YamlEngineException e) {
      return NONE;
    }
    return lines;
  }

  private void note(String path, Node node) {
    node.getStartMark().ifPresent(m -> byPath.putIfAbsent(path, m.getLine() + 1));
    if (node instanceof MappingNode map) {
      for (NodeTuple t : map.getValue()) {
        if (t.getKeyNode() instanceof ScalarNode key) {
          note(path.isEmpty() ? key.getValue() : path + "." + key.getValue(), t.getValueNode());
        }
      }
    } else if (node instanceof SequenceNode list) {
      List<Node> items = list.getValue();
      for (int i = 0; i < items.size(); i++) {
        note(path + "[" + i + "]", items.get(i));
      }
    }
  }

  /** The line of a field, or of what it would be in when it is not there. */
  int of(String path, String parent) {
    Integer own = byPath.get(path);
    return own != null ? own : byPath.getOrDefault(parent, 0);
  }
}
