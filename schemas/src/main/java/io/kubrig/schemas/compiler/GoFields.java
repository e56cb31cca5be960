package io.kubrig.schemas.compiler;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How Go types write their fields as JSON: the facts of {@code go-fields.txt}, whose head describes its form. */
final class GoFields {

  /** A field of a Go struct. */
  sealed interface GoField {}

  /** Kind and apiVersion. */
  record TypeMeta() implements GoField {}

  /** An embedded struct that JSON inlines and protobuf nests in the message field of this name. */
  record Inlined(String protoName) implements GoField {}

  /** A field of its own. */
  record Named(String name, String protoName, boolean pointer, boolean omitEmpty, boolean omitZero) implements GoField {}

  private GoFields() {}

  /** The fields in order by definition name. */
  static Map<String, List<GoField>> parse(List<String> lines) {
    Map<String, List<GoField>> types = new LinkedHashMap<>();
    String pkg = "";
    for (String line : lines) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      String[] words = line.split(" ");
      if (words[0].equals("package")) {
        pkg = words[1];
        continue;
      }
      List<GoField> fields = new ArrayList<>();
      for (int i = 1; i < words.length; i++) {
        fields.add(field(words[i]));
      }
      types.put(pkg + "." + words[0], fields);
    }
    return types;
  }

  private static GoField field(String word) {
    if (word.equals("<TypeMeta")) {
      return new TypeMeta();
    }
    if (word.startsWith("<")) {
      return new Inlined(word.substring(1));
    }
    String names = word.replaceAll("[*~!]", "");
    int equal = names.indexOf('=');
    String name = equal < 0 ? names : names.substring(0, equal);
    String flags = word.substring(names.length());
    return new Named(
        name, equal < 0 ? name : names.substring(equal + 1), flags.contains("*"), !flags.contains("!"), flags.contains("~"));
  }
}
