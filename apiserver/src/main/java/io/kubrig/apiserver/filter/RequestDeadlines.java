package io.kubrig.apiserver.filter;

import io.kubrig.apiserver.http.Headers;
import io.kubrig.apiserver.http.Query;
import io.kubrig.apiserver.http.RequestInfo;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.duration.GoDuration;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers 504 in place of handlers that take too long. What a late handler does is done; only its answer comes too late.
 * (Source: WithRequestDeadline and WithTimeoutForNonLongRunningRequests of native.)
 */
public final class RequestDeadlines {
  private static final Logger LOG = LoggerFactory.getLogger(RequestDeadlines.class);

  private static final byte[] TIMEOUT =
      ("{\"metadata\":{},\"status\":\"Failure\",\"message\":\"Timeout: request did not complete within the allotted timeout\","
              + "\"reason\":\"Timeout\",\"details\":{},\"code\":504}\n")
          .getBytes(StandardCharsets.UTF_8);

  private final Duration most;
  private final Clock clock;

  /** @param most {@code --request-timeout} */
  public RequestDeadlines(Duration most, Clock clock) {
    this.most = most;
    this.clock = clock;
  }

  /** What has to be told when a handler is through. */
  interface Running extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Begins to measure a request. Those that may last are let last.
   *
   * @throws ApiException 400 when the client asks for a timeout that is none
   */
  Running begin(ObservedExchange exchange, RequestInfo info, Query query) {
    if (info.isLongRunning()) {
      return () -> { };
    }
    Clock.Timer timer = clock.after(allotted(query.value("timeout")), () -> expire(exchange));
    return timer::cancel;
  }

  private Duration allotted(String asked) {
    if (asked.isEmpty()) {
      return most;
    }
    try {
      Duration timeout = GoDuration.parse(asked);
      return timeout.isPositive() && timeout.compareTo(most) < 0 ? timeout : most;
    } catch (IllegalArgumentException e) {
      throw ApiException.badRequest("invalid timeout specified in the request URL - " + e.getMessage());
    }
  }

  private static void expire(ObservedExchange exchange) {
    try {
      exchange.takeOver(504, Headers.of("Content-Type", "text/plain; charset=utf-8"), TIMEOUT);
    } catch (IOException e) {
      LOG.debug("the client of a request that took too long is gone", e);
    }
  }
}
