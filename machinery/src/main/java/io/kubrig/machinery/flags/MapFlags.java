package io.kubrig.machinery.flags;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Flags whose value is {@code a=b,c=d}. */
final class MapFlags {
  private MapFlags() {}

  static FlagType<Map<String, String>> strings(String name) {
    return map(name, (key, value) -> value, Function.identity());
  }

  static FlagType<Map<String, Boolean>> booleans(String name) {
    return map(name, MapFlags::bool, String::valueOf);
  }

  static FlagType<Map<String, List<String>>> multimap(String name) {
    return new FlagTypes.Collected<>(name, MapFlags::parseMultimap, MapFlags::formatMultimap, Map::isEmpty, MapFlags::mergeMultimap);
  }

  private static <V> FlagType<Map<String, V>> map(String name, BiFunction<String, String, V> value, Function<V, String> text) {
    return new FlagTypes.Collected<>(
        name, line -> parse(line, value), map -> format(map, text), Map::isEmpty, MapFlags::merge);
  }

  private static <V> Map<String, V> parse(String line, BiFunction<String, String, V> value) {
    Map<String, V> map = new TreeMap<>();
    for (String pair : line.split(",")) {
      if (!pair.isEmpty()) {
        int equals = pair.indexOf('=');
        if (equals < 0) {
          throw new IllegalArgumentException("malformed pair, expect string=string");
        }
        String key = pair.substring(0, equals).strip();
        map.put(key, value.apply(key, pair.substring(equals + 1).strip()));
      }
    }
    return Collections.unmodifiableMap(map);
  }

  private static boolean bool(String key, String text) {
    try {
      return FlagTypes.parseBool(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("invalid value of " + key + ": " + text + ", err: " + e.getMessage(), e);
    }
  }

  private static <V> String format(Map<String, V> map, Function<V, String> text) {
    return map.entrySet().stream().map(entry -> entry.getKey() + "=" + text.apply(entry.getValue())).collect(Collectors.joining(","));
  }

  private static <V> Map<String, V> merge(Map<String, V> earlier, Map<String, V> later) {
    Map<String, V> merged = new TreeMap<>(earlier);
    merged.putAll(later);
    return Collections.unmodifiableMap(merged);
  }

  private static Map<String, List<String>> parseMultimap(String line) {
    Map<String, List<String>> map = new TreeMap<>();
    for (String pair : line.split(",")) {
      if (!pair.isEmpty()) {
        int colon = pair.indexOf(':');
        String key = colon < 0 ? "" : pair.substring(0, colon).strip();
        map.computeIfAbsent(key, unused -> new ArrayList<>()).add(pair.substring(colon + 1).strip());
      }
    }
    map.replaceAll((key, values) -> List.copyOf(values));
    return Collections.unmodifiableMap(map);
  }

  private static String formatMultimap(Map<String, List<String>> map) {
    return map.entrySet().stream()
        .flatMap(entry -> entry.getValue().stream().map(value -> entry.getKey().isEmpty() ? value : entry.getKey() + ":" + value))
        .collect(Collectors.joining(","));
  }

  private static Map<String, List<String>> mergeMultimap(Map<String, List<String>> earlier, Map<String, List<String>> later) {
    Map<String, List<String>> merged = new TreeMap<>(earlier);
    later.forEach((key, values) -> merged.merge(key, values, (a, b) -> Stream.concat(a.stream(), b.stream()).toList()));
    return Collections.unmodifiableMap(merged);
  }
}
