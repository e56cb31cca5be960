package io.kubrig.apiserver.filter;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubrig.apiserver.audit.Audit;
import io.kubrig.apiserver.audit.AuditEvent;
import io.kubrig.apiserver.authn.Authenticators;
import io.kubrig.apiserver.authn.Identity;
import io.kubrig.apiserver.authn.Impersonation;
import io.kubrig.apiserver.authn.UserInfo;
import io.kubrig.apiserver.authz.Attributes;
import io.kubrig.apiserver.authz.Authorizer;
import io.kubrig.apiserver.authz.Verdict;
import io.kubrig.apiserver.flowcontrol.FlowControl;
import io.kubrig.apiserver.http.Exchange;
import io.kubrig.apiserver.http.Handler;
import io.kubrig.apiserver.http.Headers;
import io.kubrig.apiserver.http.Paths;
import io.kubrig.apiserver.http.Query;
import io.kubrig.apiserver.http.RequestInfo;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.clock.Clock;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes exchanges from any transport and passes on those that are authenticated, admitted and allowed. */
public final class Pipeline implements Handler {
  private static final Logger LOG = LoggerFactory.getLogger(Pipeline.class);

  /** What answers requests that got through. */
  @FunctionalInterface
  public interface Next {
    void handle(Request request) throws IOException;
  }

  /** How failures are shown to a client. */
  @FunctionalInterface
  public interface Failures {
    void answer(Request request, ApiException failure) throws IOException;
  }

  /**
   * A request and what is known about it.
   *
   * @param user who it acts as
   * @param audit what will be noted about it
   */
  public record Request(Exchange exchange, RequestInfo info, Query query, UserInfo user, Instant received, AuditEvent audit) {}

  /** The parts, in the order in which they are asked. */
  public record Parts(
      CrossOrigin crossOrigin,
      String strictTransportSecurity,
      RequestDeadlines deadlines,
      Authenticators authenticators,
      Audit audit,
      Impersonation impersonation,
      FlowControl flowControl,
      Authorizer authorizer,
      RequestMetrics metrics,
      Failures failures,
      Next next) {}

  private final Parts parts;
  private final Clock clock;
  private final Supplier<UUID> ids;

  public Pipeline(Parts parts, Clock clock, Supplier<UUID> ids) {
    this.parts = parts;
    this.clock = clock;
    this.ids = ids;
  }

  @Override
  public void handle(Exchange raw) throws IOException {
    ObservedExchange exchange = new ObservedExchange(raw);
    String auditId = raw.headers().first("Audit-ID").filter(id -> !id.isEmpty()).orElseGet(() -> ids.get().toString());
    exchange.added().add("Audit-Id", auditId);
    if (!parts.strictTransportSecurity.isEmpty()) {
      exchange.added().add("Strict-Transport-Security", parts.strictTransportSecurity);
    }
    Optional<String> path = Paths.decode(raw.rawPath());
    if (path.isEmpty()) {
      exchange.respond(400, Headers.of("Content-Type", "text/plain; charset=utf-8", "Connection", "close"),
          "400 Bad Request".getBytes(UTF_8));
      return;
    }
    Query query = Query.parse(raw.rawQuery());
    RequestInfo info;
    try {
      info = RequestInfo.of(raw.method(), path.get(), query);
    } catch (RequestInfo.Unresolved e) {
      internalError(exchange, "failed to create RequestInfo: " + e.getMessage());
      return;
    }
    exchange.added().add("Cache-Control", "no-cache, private");
    if (parts.crossOrigin.answer(exchange, exchange.added())) {
      return;
    }
    Request unknown = new Request(exchange, info, query, UserInfo.of(UserInfo.ANONYMOUS), clock.now(), AuditEvent.none(auditId));
    try (RequestDeadlines.Running ignored = parts.deadlines.begin(exchange, info, query)) {
      authenticate(exchange, unknown);
    } catch (ObservedExchange.TooLate e) {
      LOG.error("Timeout or abort while handling method={} URI={} auditID={}", raw.method(), raw.rawPath(), auditId);
    } catch (ApiException unmeasurable) {
      if (exchange.status() != 0) {
        throw unmeasurable;
      }
      parts.failures.answer(unknown, unmeasurable);
    }
  }

  private static void internalError(Exchange exchange, String why) throws IOException {
    String uri = exchange.rawPath() + (exchange.rawQuery().isEmpty() ? "" : "?" + exchange.rawQuery());
    byte[] text = ("Internal Server Error: \"" + uri + "\": " + why + "\n").getBytes(UTF_8);
    exchange.respond(500, Headers.of("Content-Type", "text/plain; charset=utf-8", "X-Content-Type-Options", "nosniff"), text);
  }

  private void authenticate(ObservedExchange exchange, Request unknown) throws IOException {
    switch (parts.authenticators.authenticate(exchange, unknown.info)) {
      case Identity.Known known -> {
        if (exchange.protocol().equals("HTTP/2.0") && Authenticators.isAnonymous(known.user())) {
          // as native: connections of clients that are not known are good for one request
          exchange.added().add("Connection", "close");
        }
        serve(exchange, withUser(unknown, known.user(), unknown.audit));
      }
      case Identity.Bad bad -> {
        LOG.error("Unable to authenticate the request err=\"{}\"", bad.error());
        if (exchange.protocol().equals("HTTP/2.0")) {
          exchange.added().add("Connection", "close");
        }
        parts.audit.unauthenticated(exchange, unknown.info, unknown.received, unknown.audit.id());
        parts.failures.answer(unknown, ApiException.unauthorized());
        parts.metrics.answered(unknown, exchange.status(), exchange.written(), clock.now());
      }
      case Identity.NotMine ignored -> throw new IllegalStateException("authentication ended without an answer");
    }
  }

  private static Request withUser(Request request, UserInfo user, AuditEvent audit) {
    return new Request(request.exchange, request.info, request.query, user, request.received, audit);
  }

  private void serve(ObservedExchange exchange, Request sent) throws IOException {
    AuditEvent event = parts.audit.begin(exchange, sent.info, sent.user, sent.received, sent.audit.id());
    Request request = withUser(sent, sent.user, event);
    parts.metrics.begun(request);
    exchange.onStart(status -> event.responseStarted(status));
    try {
      admit(exchange, request);
    } catch (ApiException refused) {
      if (exchange.status() != 0) {
        throw refused;
      }
      parts.failures.answer(request, refused);
    } finally {
      parts.metrics.ended(request, exchange.status(), exchange.written(), clock.now());
      event.complete(exchange.status());
    }
  }

  private Optional<UserInfo> impersonated(ObservedExchange exchange, Request request) {
    try {
      return parts.impersonation.impersonate(request.exchange.headers(), Attributes.of(request.user, request.info));
    } catch (ApiException refused) {
      exchange.added().add("X-Content-Type-Options", "nosniff");
      throw refused;
    }
  }

  private void admit(ObservedExchange exchange, Request request) throws IOException {
    Optional<UserInfo> other = impersonated(exchange, request);
    other.ifPresent(request.audit::impersonated);
    Request acting = other.map(user -> withUser(request, user, request.audit)).orElse(request);
    try (FlowControl.Seat seat = parts.flowControl.seat(acting.user, acting.info, acting.query)) {
      seat.headers().forEach((name, value) -> exchange.added().add(name, value));
      if (acting.info.verb().equals("watch")) {
        exchange.onStart(
            status -> {
              acting.audit.responseStarted(status);
              seat.close(); // what a watch costs is its beginning
            });
      }
      if (!seat.admitted()) {
        parts.metrics.dropped(acting);
        byte[] text = "Too many requests, please try again later.\n".getBytes(UTF_8);
        exchange.respond(
            429,
            Headers.of(
                "Retry-After", Integer.toString(seat.retryAfterSeconds()), "Content-Type", "text/plain; charset=utf-8",
                "X-Content-Type-Options", "nosniff"),
            text);
        return;
      }
      Attributes asked = Attributes.of(acting.user, acting.info);
      Verdict verdict = parts.authorizer.authorize(asked);
      acting.audit.authorized(verdict);
      if (!verdict.allows() && !verdict.error().isEmpty()) {
        internalError(exchange, verdict.error());
        return;
      }
      if (!verdict.allows()) {
        exchange.added().add("X-Content-Type-Options", "nosniff");
        throw asked.forbidden(verdict.reason());
      }
      parts.next.handle(acting);
    }
  }
}
