package io.kubrig.bench.scheduler;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** API objects and the benchmark's files as maps and lists. */
final class Trees {
  private Trees() {}

  @SuppressWarnings("unchecked") // keys of YAML maps are strings here
  static Map<String, Object> map(Object value) {
    return value == null ? Map.of() : (Map<String, Object>) value;
  }

  @SuppressWarnings("unchecked") // any list
  static List<Object> list(Object value) {
    return value == null ? List.of() : (List<Object>) value;
  }

  static Map<String, String> strings(Object value) {
    Map<String, String> out = new LinkedHashMap<>();
    map(value).forEach((k, v) -> out.put(k, v.toString()));
    return out;
  }

  /** A map of names and values, without those whose value is null. */
  static Map<String, Object> object(Object... pairs) {
    Map<String, Object> out = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      if (pairs[i + 1] != null) {
        out.put((String) pairs[i], pairs[i + 1]);
      }
    }
    return out;
  }

  /** One tree laid over another: maps are merged, all else is replaced. */
  static Map<String, Object> over(Map<String, Object> below, Map<String, Object> above) {
    Map<String, Object> out = new LinkedHashMap<>(below);
    above.forEach((k, v) -> out.merge(k, v, (a, b) -> a instanceof Map && b instanceof Map ? over(map(a), map(b)) : b));
    return out;
  }

  static String name(Map<String, Object> object) {
    return (String) map(object.get("metadata")).get("name");
  }

  static String namespace(Map<String, Object> object) {
    return (String) map(object.get("metadata")).get("namespace");
  }

  /** An object with the labels of another one, what that says of spec and status, and without the gates and marks that it does not name. */
  static Map<String, Object> updated(Map<?, ?> present, Map<String, Object> wanted) {
    Map<String, Object> out = object();
    present.forEach((k, v) -> out.put((String) k, v));
    Map<String, Object> metadata = over(map(out.get("metadata")), Map.of());
    metadata.put("labels", map(wanted.get("metadata")).get("labels"));
    out.put("metadata", metadata);
    Map<String, Object> spec = over(map(out.get("spec")), Map.of());
    spec.keySet().removeAll(List.of("schedulingGates", "unschedulable"));
    out.put("spec", over(spec, map(wanted.get("spec"))));
    out.put("status", over(map(out.get("status")), map(wanted.get("status"))));
    return out;
  }

  static List<Object> mapped(Object list, UnaryOperator<Object> change) {
    List<Object> out = new ArrayList<>();
    list(list).forEach(o -> out.add(change.apply(o)));
    return out;
  }
}
