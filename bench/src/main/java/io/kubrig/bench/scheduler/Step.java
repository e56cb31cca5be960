package io.kubrig.bench.scheduler;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** One step of a case with the parameters of a workload filled in. Its fields: see {@code cases.yaml}. */
record Step(Map<String, Object> fields, Workload workload) {
  boolean has(String field) {
    return fields.containsKey(field);
  }

  /** The text of a field, its parameter filled in; empty when there is none. */
  String text(String field) {
    Object value = fields.get(field);
    String text = value == null ? "" : value.toString();
    return text.startsWith("$") ? workload.parameter(text.substring(1)) : text;
  }

  int count(String field) {
    return Integer.parseInt(text(field));
  }

  boolean is(String field) {
    return text(field).equals("true");
  }

  /** Whether a field that is true when absent is. */
  boolean unless(String field) {
    return !text(field).equals("false");
  }

  /** For how long pods come and go; zero when they are all made at once. */
  Duration steady() {
    boolean steady = has("steady") && (!has("if") || is("if"));
    return steady ? Duration.parse("PT" + text("steady")) : Duration.ZERO;
  }

  Map<String, String> labels() {
    return Trees.strings(fields.get("labels"));
  }

  List<Object> list(String field) {
    return Trees.list(fields.get(field));
  }
}
