package io.kubrig.apiserver.kinds.pod;

import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.tree.Tree;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** What differs between two values, one path per line, for people. */
final class Differences {
  private final StringBuilder out = new StringBuilder();

  private Differences() {}

  static String of(Tree old, Tree now) {
    Differences differences = new Differences();
    differences.trees("", old, now);
    return differences.out.toString();
  }

  private void trees(String path, Tree old, Tree now) {
    for (String name : old.names()) {
      values(path + "." + name, old.get(name), now.get(name));
    }
    for (String name : now.names()) {
      if (!old.has(name)) {
        values(path + "." + name, null, now.get(name));
      }
    }
  }

  private void values(String path, Object old, Object now) {
    if (Objects.equals(old, now)) {
      return;
    }
    if (old instanceof Tree before && now instanceof Tree after) {
      trees(path, before, after);
    } else if (old instanceof List<?> before && now instanceof List<?> after && before.size() == after.size()) {
      for (int i = 0; i < before.size(); i++) {
        values(path + "[" + i + "]", before.get(i), after.get(i));
      }
    } else {
      out.append("  ").append(path.substring(1)).append(": ").append(text(old)).append(" -> ").append(text(now)).append('\n');
    }
  }

  private static String text(Object value) {
    return value == null ? "<absent>"
        : new String(Json.write(Tree.of("v", value)), StandardCharsets.UTF_8).replaceFirst("^\\{\"v\":(.*)}$", "$1");
  }
}
