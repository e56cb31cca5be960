package io.kubrig.operators.hash;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The Go types of PodTemplateSpec and everything below it. */
final class GoTypes {
  /** The types of Kubernetes 1.36. */
  static final GoTypes POD_TEMPLATE = load("pod-template.types");

  private final Map<String, List<Field>> structs = new HashMap<>();
  private final Map<String, String> aliases = new HashMap<>();

  /** @param json the name in JSON; empty when the field's own fields stand in its place; @param type as Go prints it */
  record Field(String name, String json, String type, boolean omittedWhenEmpty) {
    boolean isInlined() {
      return json.isEmpty();
    }
  }

  private static GoTypes load(String resource) {
    GoTypes types = new GoTypes();
    try (BufferedReader lines = new BufferedReader(
        new InputStreamReader(GoTypes.class.getResourceAsStream(resource), StandardCharsets.UTF_8))) {
      List<Field> fields = new ArrayList<>();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        fields = types.read(line, fields);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return types;
  }

  private List<Field> read(String line, List<Field> current) {
    if (line.startsWith("#") || line.isEmpty()) {
      return current;
    }
    if (line.startsWith("\t")) {
      String[] columns = line.substring(1).split("\t", -1);
      current.add(new Field(columns[0], columns[1], columns[2], !columns[3].equals("keep")));
      return current;
    }
    int equals = line.indexOf(" = ");
    if (equals >= 0) {
      aliases.put(line.substring(0, equals), line.substring(equals + 3));
      return current;
    }
    List<Field> fields = new ArrayList<>();
    structs.put(line, fields);
    return fields;
  }

  /** The fields of a struct; empty for any other type. */
  Optional<List<Field>> fields(String type) {
    return Optional.ofNullable(structs.get(type));
  }

  /** What a type is underneath: itself unless it is an alias. */
  String underlying(String type) {
    return aliases.getOrDefault(type, type);
  }
}
