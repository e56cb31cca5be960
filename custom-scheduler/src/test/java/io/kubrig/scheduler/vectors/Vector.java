package io.kubrig.scheduler.vectors;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** One decision vector: a small cluster, pods, and what must become of them. */
record Vector(Map<String, Object> json) {
  private static final ObjectMapper JSON = new ObjectMapper();

  static Vector read(Path file) {
    try {
      return new Vector(map(JSON.readValue(Files.readString(file), Map.class)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String name() {
    return (String) json.get("name");
  }

  String group() {
    return (String) json.get("group");
  }

  List<Map<String, Object>> list(String field) {
    return list(json, field);
  }

  @SuppressWarnings("unchecked")
  static Map<String, Object> map(Object o) {
    return o == null ? Map.of() : (Map<String, Object>) o;
  }

  @SuppressWarnings("unchecked")
  static <T> List<T> list(Map<String, Object> from, String field) {
    return (List<T>) from.getOrDefault(field, List.of());
  }

  static Map<String, Object> map(Map<String, Object> from, String field) {
    return map(from.get(field));
  }

  static long number(Map<String, Object> from, String field) {
    return from.get(field) == null ? 0 : ((Number) from.get(field)).longValue();
  }
}
