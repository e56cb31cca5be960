package io.kubrig.apiserver.openapi;

import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** Where two values differ, grouped by the last member's name. */
final class Differences {
  private final Map<String, List<String>> found = new TreeMap<>();

  private Differences() {}

  static Map<String, List<String>> between(String path, Object ours, Object theirs) {
    Differences differences = new Differences();
    differences.compare(path, "", ours, theirs);
    return differences.found;
  }

  private void compare(String path, String member, Object ours, Object theirs) {
    if (ours instanceof Tree a && theirs instanceof Tree b) {
      TreeMap<String, Boolean> names = new TreeMap<>();
      a.names().forEach(name -> names.put(name, true));
      b.names().forEach(name -> names.put(name, true));
      names.keySet().forEach(name -> compare(path + "/" + name, name, a.get(name), b.get(name)));
    } else if (ours instanceof List<?> a && theirs instanceof List<?> b && a.size() == b.size()) {
      for (int i = 0; i < a.size(); i++) {
        compare(path + "/" + i, member, a.get(i), b.get(i));
      }
    } else if (!Objects.equals(ours, theirs)) {
      found.computeIfAbsent(member, _ -> new ArrayList<>())
          .add(path + ": " + text(ours, ours, theirs) + "\n        | " + text(theirs, ours, theirs));
    }
  }

  private static String text(Object value, Object ours, Object theirs) {
    if (value instanceof String whole && Boolean.getBoolean("kubrig.whole")) {
      return Json.text(whole);
    }
    if (value instanceof String text && ours instanceof String a && theirs instanceof String b) {
      int from = Math.max(0, Arrays.mismatch(a.toCharArray(), b.toCharArray()) - 30);
      return "…" + text.substring(from, Math.min(text.length(), from + 90)).replace("\n", "\\n");
    }
    String text = value instanceof Tree || value instanceof List ? Json.text(value) : Objects.toString(value).replace("\n", "\\n");
    return text.length() > 900 ? text.substring(0, 900) : text;
  }
}
