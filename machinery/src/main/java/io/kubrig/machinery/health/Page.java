package io.kubrig.machinery.health;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** What a status server answers at a path. */
@FunctionalInterface
public interface Page {
  Answer answer(Request request);

  /** A page of plain text that is made anew for each request. */
  static Page text(Supplier<String> text) {
    return request -> new Answer(200, "text/plain; charset=utf-8", text.get());
  }

  /** The metrics page. */
  static Page metrics(Supplier<String> text) {
    return request -> new Answer(200, "text/plain; version=0.0.4; charset=utf-8; escaping=underscores", text.get());
  }

  /** A page of JSON. */
  static Page json(Supplier<String> text) {
    return request -> new Answer(200, "application/json", text.get());
  }

  /** A request: the verb in small letters, the path, the query's parameters, and the text that came with a post. */
  record Request(String verb, String path, Map<String, List<String>> query, String body) {
    static Request of(String verb, String path, String rawQuery, String body) {
      Map<String, List<String>> query = new LinkedHashMap<>();
      for (String pair : rawQuery == null || rawQuery.isEmpty() ? new String[0] : rawQuery.split("&")) {
        int equals = pair.indexOf('=');
        String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
        query.computeIfAbsent(name, unused -> new ArrayList<>()).add(equals < 0 ? "" : decoded(pair.substring(equals + 1)));
      }
      return new Request(verb, path, query, body);
    }

    private static String decoded(String text) {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    boolean has(String name) {
      return query.containsKey(name);
    }

    List<String> parameters(String name) {
      return query.getOrDefault(name, List.of());
    }
  }

  /** An answer. */
  record Answer(int status, String contentType, String text) {
    static final Answer NOT_FOUND = new Answer(404, "text/plain; charset=utf-8", "404 page not found\n");

    static Answer of(HealthChecks.Answer health) {
      return new Answer(health.status(), "text/plain; charset=utf-8", health.text());
    }

    static Answer status(int code, String reason, String message) {
      String text =
          "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\",\"message\":\""
              + message.replace("\\", "\\\\").replace("\"", "\\\"")
              + "\",\"reason\":\"" + reason + "\"" + (code == 403 ? ",\"details\":{}" : "") + ",\"code\":" + code + "}\n";
      return new Answer(code, "application/json", text);
    }
  }
}
