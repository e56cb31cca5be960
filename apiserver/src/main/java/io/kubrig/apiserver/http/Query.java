package io.kubrig.apiserver.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The parameters of a URL, parsed as Go's {@code net/url} does: pairs separated by {@code &}; {@code +} is a space; a pair that holds a
 * semicolon or a broken escape is left out, the others count.
 */
public final class Query {
  private final Map<String, List<String>> values = new LinkedHashMap<>();

  private Query() {}

  public static Query parse(String rawQuery) {
    Query query = new Query();
    for (String pair : rawQuery.split("&")) {
      if (pair.isEmpty() || pair.indexOf(';') >= 0) {
        continue;
      }
      int equals = pair.indexOf('=');
      Optional<String> name = Percent.decode(equals < 0 ? pair : pair.substring(0, equals), true);
      Optional<String> value = Percent.decode(equals < 0 ? "" : pair.substring(equals + 1), true);
      if (name.isPresent() && value.isPresent()) {
        query.values.computeIfAbsent(name.get(), n -> new ArrayList<>()).add(value.get());
      }
    }
    return query;
  }

  public boolean has(String name) {
    return values.containsKey(name);
  }

  /** The first value of this name, or "". */
  public String value(String name) {
    return first(name).orElse("");
  }

  public Optional<String> first(String name) {
    return values.containsKey(name) ? Optional.of(values.get(name).getFirst()) : Optional.empty();
  }

  public List<String> all(String name) {
    return values.getOrDefault(name, List.of());
  }

  /** A flag as the API's parameters are decoded: absent is false; present is true unless it says "false" or "0". */
  public boolean flag(String name) {
    return first(name).map(text -> !text.equalsIgnoreCase("false") && !text.equals("0")).orElse(false);
  }

  public Map<String, List<String>> asMap() {
    return values;
  }
}
