package io.kubrig.e2e.stories;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** JSON trees: paths, copies with changed texts, one text for equal trees. */
final class Json {
  static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Pattern PART = Pattern.compile("\\[[^]]*]|[^.\\[\\]]+");
  private static final Pattern INDEX = Pattern.compile("-?\\d+");

  private Json() {}

  static JsonNode parse(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  /** An object out of a text with {@code %s} for texts that need no quoting. */
  static ObjectNode object(String text, Object... args) {
    return (ObjectNode) parse(text.formatted(args));
  }

  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /** What is at a path like {@code a.b[0].c} or {@code status.conditions[Ready].status}; missing where there is nothing. */
  static JsonNode at(JsonNode tree, String path) {
    JsonNode node = tree;
    Matcher parts = PART.matcher(path);
    while (parts.find()) {
      node = child(node, parts.group());
    }
    return node;
  }

  private static JsonNode child(JsonNode node, String part) {
    String name = part.startsWith("[") ? part.substring(1, part.length() - 1) : part;
    if (!node.isArray()) {
      return node.path(name);
    }
    if (INDEX.matcher(name).matches()) {
      int index = Integer.parseInt(name);
      return node.path(index < 0 ? node.size() + index : index);
    }
    for (JsonNode item : node) {
      if (item.path("type").asText().equals(name) || item.path("name").asText().equals(name)) {
        return item;
      }
    }
    return MissingNode.getInstance();
  }

  /** As {@link #at}, with {@code null} for nothing. */
  static JsonNode atOrNull(JsonNode tree, String path) {
    JsonNode found = at(tree, path);
    return found.isMissingNode() ? NullNode.getInstance() : found;
  }

  /** Removes what is at a path whose {@code *} stands for every field; lists are gone through. */
  static void remove(JsonNode tree, List<String> path) {
    if (path.isEmpty()) {
      return;
    }
    if (tree.isArray()) {
      tree.forEach(item -> remove(item, path));
      return;
    }
    List<String> rest = path.subList(1, path.size());
    if (tree instanceof ObjectNode object) {
      if (rest.isEmpty()) {
        object.remove(path.getFirst());
      } else if (path.getFirst().equals("*")) {
        object.forEach(value -> remove(value, rest));
      } else {
        remove(object.path(path.getFirst()), rest);
      }
    }
  }

  /** A copy in which every text, those of the names of fields as well, is another. */
  static JsonNode walk(JsonNode tree, UnaryOperator<String> change) {
    return switch (tree) {
      case ObjectNode object -> {
        ObjectNode copy = object();
        object.properties().forEach(field -> copy.set(change.apply(field.getKey()), walk(field.getValue(), change)));
        yield copy;
      }
      case ArrayNode list -> {
        ArrayNode copy = MAPPER.createArrayNode();
        list.forEach(item -> copy.add(walk(item, change)));
        yield copy;
      }
      case TextNode text -> TextNode.valueOf(change.apply(text.textValue()));
      default -> tree;
    };
  }

  /** One text for all trees that are equal. */
  static String canonical(JsonNode tree) {
    if (tree.isObject()) {
      TreeMap<String, String> fields = new TreeMap<>();
      tree.properties().forEach(field -> fields.put(field.getKey(), canonical(field.getValue())));
      return fields.toString();
    }
    if (tree.isArray()) {
      List<String> items = new ArrayList<>();
      tree.forEach(item -> items.add(canonical(item)));
      return items.toString();
    }
    return tree.toString();
  }

  static ArrayNode sorted(JsonNode list) {
    return sorted(list, Comparator.comparing(Json::canonical));
  }

  static ArrayNode sorted(JsonNode list, Comparator<JsonNode> order) {
    List<JsonNode> items = new ArrayList<>();
    list.forEach(items::add);
    items.sort(order);
    return MAPPER.createArrayNode().addAll(items);
  }

  /** Whether there is something: no absence, no empty text, list or object, no zero and no false. */
  static boolean isSomething(JsonNode node) {
    return !node.isMissingNode() && !node.isNull() && (node.isContainerNode() ? !node.isEmpty()
        : node.isTextual() ? !node.textValue().isEmpty() : !node.isBoolean() || node.booleanValue());
  }
}
