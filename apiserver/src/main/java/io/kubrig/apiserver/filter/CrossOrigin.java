package io.kubrig.apiserver.filter;

import com.google.re2j.Pattern;
import io.kubrig.apiserver.http.Exchange;
import io.kubrig.apiserver.http.Headers;
import java.io.IOException;
import java.util.List;

/** Cross-origin rules for browsers: {@code --cors-allowed-origins}. */
public final class CrossOrigin {
  private static final String METHODS = "POST, GET, OPTIONS, PUT, DELETE, PATCH";
  private static final String REQUEST_HEADERS =
      "Content-Type, Content-Length, Accept-Encoding, X-CSRF-Token, Authorization, X-Requested-With, If-Modified-Since";

  private final List<Pattern> origins;

  /** @param origins regular expressions; none for no rules */
  public CrossOrigin(List<String> origins) {
    this.origins = origins.stream().map(Pattern::compile).toList();
  }

  /** Adds what an allowed origin is told; answers a preflight itself and then says true. */
  boolean answer(Exchange exchange, Headers added) throws IOException {
    String origin = exchange.headers().value("Origin");
    if (origin.isEmpty() || origins.stream().noneMatch(pattern -> pattern.matcher(origin).find())) {
      return false;
    }
    added.add("Access-Control-Allow-Origin", origin);
    added.add("Access-Control-Allow-Methods", METHODS);
    added.add("Access-Control-Allow-Headers", REQUEST_HEADERS);
    added.add("Access-Control-Expose-Headers", "Date");
    added.add("Access-Control-Allow-Credentials", "true");
    if (!exchange.method().equals("OPTIONS")) {
      return false;
    }
    exchange.respond(204, new Headers(), new byte[0]);
    return true;
  }
}
