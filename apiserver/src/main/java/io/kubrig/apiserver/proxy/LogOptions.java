package io.kubrig.apiserver.proxy;

import io.kubrig.apiserver.http.Query;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The parameters of pods/log: their check, and what the kubelet is told. (Source: core/v1 PodLogOptions.) */
final class LogOptions {
  private static final List<String> FLAGS = List.of("follow", "previous", "timestamps");

  private LogOptions() {}

  static void validate(Query query, String pod) {
    FieldErrors errors = new FieldErrors();
    Optional<Long> tail = number(query, "tailLines");
    if (tail.isPresent() && tail.get() < 0) {
      errors.invalid(FieldPath.of("tailLines"), tail.get(), "must be greater than or equal to 0");
    }
    Optional<Long> limit = number(query, "limitBytes");
    if (limit.isPresent() && limit.get() < 1) {
      errors.invalid(FieldPath.of("limitBytes"), limit.get(), "must be greater than 0");
    }
    Optional<Long> since = number(query, "sinceSeconds");
    if (since.isPresent() && query.has("sinceTime")) {
      errors.add("FieldValueForbidden", FieldPath.of("[]"), "Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified");
    } else if (since.isPresent() && since.get() < 1) {
      errors.invalid(FieldPath.of("sinceSeconds"), since.get(), "must be greater than 0");
    }
    if (query.has("stream")) { // the gate PodLogsQuerySplitStreams is off
      errors.forbidden(FieldPath.of("stream"), "may not be specified");
    }
    checkTime(query.value("sinceTime"));
    if (!errors.isEmpty()) {
      throw ApiException.invalid("", "PodLogOptions", pod, errors);
    }
  }

  private static Optional<Long> number(Query query, String name) {
    if (!query.has(name)) {
      return Optional.empty();
    }
    String text = query.value(name);
    try {
      return Optional.of(Long.parseLong(text));
    } catch (NumberFormatException e) {
      throw ApiException.badRequest("strconv.ParseInt: parsing \"" + text + "\": invalid syntax");
    }
  }

  private static void checkTime(String text) {
    try {
      if (!text.isEmpty() && !text.equals("null")) {
        OffsetDateTime.parse(text);
      }
    } catch (DateTimeParseException e) {
      throw ApiException.badRequest("parsing time \"" + text + "\" as \"2006-01-02T15:04:05Z07:00\": cannot parse it");
    }
  }

  /** The kubelet's query. */
  static String kubeletQuery(Query query) {
    List<String> terms = new ArrayList<>();
    for (String flag : FLAGS) {
      if (query.flag(flag)) {
        terms.add(flag + "=true");
      }
    }
    for (String name : List.of("sinceSeconds", "sinceTime", "tailLines", "limitBytes")) {
      query.first(name).filter(value -> !value.isEmpty())
          .ifPresent(value -> terms.add(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8)));
    }
    return terms.isEmpty() ? "" : "?" + String.join("&", terms);
  }
}
