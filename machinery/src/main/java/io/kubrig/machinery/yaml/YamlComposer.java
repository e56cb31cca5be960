package io.kubrig.machinery.yaml;

import io.kubrig.machinery.json.Document;
import io.kubrig.machinery.json.GoFloat;
import io.kubrig.machinery.json.Limits;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.parser.Parser;

/**
 * Makes values from the events of the parser. An alias stands for a copy of what was anchored; the values that aliases stand for are
 * counted, so that a small text cannot become a huge tree.
 */
final class YamlComposer {
  private static final String CONVERTING = "error converting YAML to JSON: yaml: ";
  private static final int FREE_ALIASED_VALUES = 100;
  private static final int FREE_VALUES = 1_000;
  private static final int GENEROUS_UP_TO = 400_000;
  private static final int STRICT_FROM = 4_000_000;

  private final Parser events;
  private final Limits limits;
  private Map<String, Anchored> anchors = new HashMap<>();
  private List<String> remarks = new ArrayList<>();
  private int depth;
  private int values;
  private int aliased;

  /**
   * What an alias stands for.
   *
   * @param open whether its end has not been seen: an alias of it would contain itself
   */
  private record Anchored(Object value, boolean open) {
    static final Anchored OPEN = new Anchored(null, true);
  }

  YamlComposer(Parser events, Limits limits) {
    this.events = events;
    this.limits = limits;
    events.next(); // start of the stream
  }

  boolean hasNext() {
    return !events.checkEvent(Event.ID.StreamEnd);
  }

  Document next() {
    anchors = new HashMap<>();
    remarks = new ArrayList<>();
    events.next(); // start of the document
    Object value = value();
    events.next(); // its end
    return new Document(value, new IdentityHashMap<>(0), List.copyOf(remarks));
  }

  private Object value() {
    count(1);
    Event event = events.next();
    if (event instanceof AliasEvent alias) {
      return aliased(alias);
    }
    Optional<String> anchor = event instanceof NodeEvent node ? node.getAnchor().map(Anchor::getValue) : Optional.empty();
    anchor.ifPresent(name -> anchors.put(name, Anchored.OPEN));
    Object value =
        switch (event) {
          case ScalarEvent scalar -> YamlScalars.value(scalar);
          case MappingStartEvent mapping -> mapping();
          case SequenceStartEvent sequence -> sequence();
          default -> throw new YamlException(CONVERTING + "unexpected " + event.getEventId());
        };
    anchor.ifPresent(name -> anchors.put(name, new Anchored(value, false)));
    return value;
  }

  private Object aliased(AliasEvent alias) {
    String name = alias.getAlias().getValue();
    if (!anchors.containsKey(name)) {
      throw new YamlException(CONVERTING + "unknown anchor '" + name + "' referenced");
    }
    Anchored anchored = anchors.get(name);
    if (anchored.open) {
      throw new YamlException(CONVERTING + "anchor '" + name + "' value contains itself");
    }
    int size = sizeOf(anchored.value);
    aliased += size;
    count(size);
    if (depth + heightOf(anchored.value) > limits.maxDepth()) {
      throw tooDeep();
    }
    if (aliased > FREE_ALIASED_VALUES && values > FREE_VALUES && (double) aliased / values > allowedRatio()) {
      throw new YamlException(CONVERTING + "document contains excessive aliasing");
    }
    return Tree.copyOf(anchored.value);
  }

  private double allowedRatio() {
    if (values <= GENEROUS_UP_TO) {
      return 0.99;
    }
    double over = (double) (Math.min(values, STRICT_FROM) - GENEROUS_UP_TO) / (STRICT_FROM - GENEROUS_UP_TO);
    return 0.99 - 0.89 * over;
  }

  private List<Object> sequence() {
    descend();
    List<Object> list = new ArrayList<>();
    while (!events.checkEvent(Event.ID.SequenceEnd)) {
      list.add(value());
    }
    events.next();
    depth--;
    return list;
  }

  private Tree mapping() {
    descend();
    TreeMap<String, Object> members = new TreeMap<>();
    while (!events.checkEvent(Event.ID.MappingEnd)) {
      Event keyEvent = events.peekEvent();
      boolean merge = keyEvent instanceof ScalarEvent scalar && scalar.isPlain() && scalar.getValue().equals("<<")
          && scalar.getTag().isEmpty();
      Object key = value();
      Event valueEvent = events.peekEvent();
      Object value = value();
      if (merge) {
        merge(members, value);
      } else {
        put(members, key, value, valueEvent);
      }
    }
    events.next();
    depth--;
    Tree tree = new Tree();
    members.forEach(tree::set);
    return tree;
  }

  private void put(Map<String, Object> members, Object key, Object value, Event valueEvent) {
    String name = name(key);
    if (members.containsKey(name)) {
      int line = valueEvent.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
      remarks.add("line " + line + ": key " + (key instanceof String text ? "\"" + text + "\"" : key) + " already set in map");
    }
    members.put(name, value);
  }

  private void merge(Map<String, Object> members, Object value) {
    switch (value) {
      case Tree tree -> tree.forEach((name, member) -> members.put(name, Tree.copyOf(member)));
      case List<?> list -> {
        for (Object element : list.reversed()) { // an earlier map of the list has precedence
          if (!(element instanceof Tree)) {
            throw new YamlException(CONVERTING + "map merge requires map or sequence of maps as the value");
          }
          merge(members, element);
        }
      }
      case null, default -> throw new YamlException(CONVERTING + "map merge requires map or sequence of maps as the value");
    }
  }

  private static String name(Object key) {
    return switch (key) {
      case String text -> text;
      case Long number -> Long.toString(number);
      case Double number -> GoFloat.format(number);
      case Boolean flag -> Boolean.toString(flag);
      case null, default -> throw new YamlException("error converting YAML to JSON: unsupported map key: " + key);
    };
  }

  private void descend() {
    if (++depth > limits.maxDepth()) {
      throw tooDeep();
    }
  }

  private YamlException tooDeep() {
    return new YamlException(CONVERTING + "exceeded max depth of " + limits.maxDepth());
  }

  private void count(int more) {
    values += more;
    if (values > limits.maxValues()) {
      throw new YamlException(CONVERTING + "document has more than " + limits.maxValues() + " values");
    }
  }

  private static int heightOf(Object value) {
    int height = 0;
    switch (value) {
      case Tree tree -> {
        for (int i = 0; i < tree.size(); i++) {
          height = Math.max(height, heightOf(tree.valueAt(i)));
        }
      }
      case List<?> list -> {
        for (Object element : list) {
          height = Math.max(height, heightOf(element));
        }
      }
      case null, default -> {
        return 0;
      }
    }
    return height + 1;
  }

  private static int sizeOf(Object value) {
    return switch (value) {
      case Tree tree -> {
        int size = 1;
        for (int i = 0; i < tree.size(); i++) {
          size += 1 + sizeOf(tree.valueAt(i));
        }
        yield size;
      }
      case List<?> list -> {
        int size = 1;
        for (Object element : list) {
          size += sizeOf(element);
        }
        yield size;
      }
      case null, default -> 1;
    };
  }
}
