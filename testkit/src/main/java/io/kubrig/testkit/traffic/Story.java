package io.kubrig.testkit.traffic;

import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.json.JsonException;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Tells from the answers to writes what became of each object, one line for a call and one for each field that it changed. */
final class Story {
  private static final int MAX_VALUE = 80;

  private final List<Traffic.Answered> writes;
  private final Map<String, Tree> known = new HashMap<>(); // by uid

  Story(List<Traffic.Answered> writes) {
    this.writes = writes;
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (Traffic.Answered write : writes) {
      Tree body = parse(write.body());
      if (body.string("kind").equals("Event")) {
        lines.add(event(write, body));
        continue;
      }
      lines.add(write.toString());
      if (body.string("kind").equals("Status")) {
        if (write.status() >= 400) {
          lines.add("      " + body.string("message"));
        }
      } else if (!body.isEmpty()) {
        changes(body, lines);
      }
    }
    return lines;
  }

  private static Tree parse(byte[] body) {
    try {
      return body.length > 0 && Json.read(body) instanceof Tree tree ? tree : Tree.empty();
    } catch (JsonException e) {
      return Tree.empty(); // protobuf or text: the call itself is told all the same
    }
  }

  private static String event(Traffic.Answered write, Tree event) {
    Tree about = event.tree("involvedObject").isEmpty() ? event.tree("regarding") : event.tree("involvedObject");
    String message = event.string("message").isEmpty() ? event.string("note") : event.string("message");
    return write.call().at() + "  event " + event.string("type") + " " + event.string("reason") + " about " + about.string("kind") + " "
        + about.string("namespace") + "/" + about.string("name") + ": " + message;
  }

  private void changes(Tree after, List<String> lines) {
    Tree before = known.put(after.tree("metadata").string("uid"), after);
    if (before != null) {
      compare("", before, after, lines);
    }
  }

  private static void compare(String path, Object before, Object after, List<String> lines) {
    if (before instanceof Tree left && after instanceof Tree right) {
      TreeSet<String> names = new TreeSet<>();
      left.forEach((name, value) -> names.add(name));
      right.forEach((name, value) -> names.add(name));
      names.remove("managedFields");
      names.remove("resourceVersion");
      names.forEach(name -> compare(path + "." + name, left.get(name), right.get(name), lines));
    } else if (before instanceof List<?> left && after instanceof List<?> right && left.size() == right.size()) {
      for (int i = 0; i < left.size(); i++) {
        compare(path + "[" + i + "]", left.get(i), right.get(i), lines);
      }
    } else if (!String.valueOf(before).equals(String.valueOf(after))) {
      lines.add("      " + path.substring(1) + ": " + shown(before) + " → " + shown(after));
    }
  }

  private static String shown(Object value) {
    String text = value == null ? "(none)" : value instanceof String string ? string : Json.text(value);
    return text.length() <= MAX_VALUE ? text : text.substring(0, MAX_VALUE) + "…";
  }
}
