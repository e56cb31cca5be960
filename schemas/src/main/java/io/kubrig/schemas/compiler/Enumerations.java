package io.kubrig.schemas.compiler;

import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Applies {@code enumerations.txt}, whose head describes its form: what OpenAPI publishes as {@code enum} of a field. */
final class Enumerations {
  private Enumerations() {}

  /** @param extensions by definition and field, as JSON text; added to */
  static void apply(Map<String, Schema> definitions, Map<String, Map<String, String>> extensions, List<String> lines) {
    for (String line : lines) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      String[] words = line.split(" ", 3);
      Schema definition = definitions.get(words[0]);
      if (definition == null || !definition.fields().containsKey(words[1])) {
        throw new IllegalStateException("nothing to enumerate: " + line);
      }
      Map<String, String> fields = extensions.computeIfAbsent(words[0], name -> new TreeMap<>());
      Tree members = fields.containsKey(words[1]) ? Json.readTree(fields.get(words[1])) : new Tree();
      members.set("enum", new ArrayList<Object>(Arrays.asList(words[2].split("\\|", -1))));
      fields.put(words[1], Json.text(members));
    }
  }
}
