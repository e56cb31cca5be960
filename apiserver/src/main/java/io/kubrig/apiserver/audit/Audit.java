package io.kubrig.apiserver.audit;

import io.kubrig.apiserver.authn.UserInfo;
import io.kubrig.apiserver.authz.AccessReviews;
import io.kubrig.apiserver.http.Exchange;
import io.kubrig.apiserver.http.Headers;
import io.kubrig.apiserver.http.RequestInfo;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.tree.Tree;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Begins an event for each request that the policy wants noted, and hands events to the sinks. */
public final class Audit implements AutoCloseable {
  private final Optional<AuditPolicy> policy;
  private final List<AuditSink> sinks;
  private final Clock clock;

  private Audit(Optional<AuditPolicy> policy, List<AuditSink> sinks, Clock clock) {
    this.policy = policy;
    this.sinks = List.copyOf(sinks);
    this.clock = clock;
  }

  /** Notes nothing. */
  public static Audit off(Clock clock) {
    return new Audit(Optional.empty(), List.of(), clock);
  }

  public static Audit of(AuditPolicy policy, List<AuditSink> sinks, Clock clock) {
    return new Audit(Optional.of(policy), sinks, clock);
  }

  public AuditEvent begin(Exchange exchange, RequestInfo info, UserInfo user, Instant received, String auditId) {
    if (policy.isEmpty()) {
      return AuditEvent.none(auditId);
    }
    AuditPolicy.Decision decision = policy.get().decide(user, info);
    if (decision.level() == AuditPolicy.Level.NONE) {
      return AuditEvent.none(auditId);
    }
    Tree event = event(exchange, info, received, auditId, decision).set("user", AccessReviews.tree(user));
    AuditEvent begun = new AuditEvent(this, decision, ordered(event, exchange), info.isLongRunning());
    begun.received();
    return begun;
  }

  /** Notes a request that was refused because nobody knows its sender. */
  public void unauthenticated(Exchange exchange, RequestInfo info, Instant received, String auditId) {
    AuditEvent event = begin(exchange, info, new UserInfo("", "", List.of(), Map.of()), received, auditId);
    event.failed(Tree.of("status", "Failure", "reason", "Unauthorized", "message",
        "Authentication failed, attempted: " + attempted(exchange), "code", 401L));
    event.complete(401);
  }

  private static String attempted(Exchange exchange) {
    List<String> ways = new ArrayList<>();
    if (!exchange.clientCertificates().isEmpty()) {
      ways.add("x509");
    }
    String authorization = exchange.headers().value("Authorization");
    if (authorization.regionMatches(true, 0, "bearer ", 0, 7)) {
      ways.add("bearer");
    } else if (authorization.regionMatches(true, 0, "basic ", 0, 6)) {
      ways.add("basic");
    }
    return String.join(", ", ways);
  }

  private static Tree event(Exchange exchange, RequestInfo info, Instant received, String auditId, AuditPolicy.Decision decision) {
    String uri = exchange.rawPath() + (exchange.rawQuery().isEmpty() ? "" : "?" + exchange.rawQuery());
    Tree event =
        Tree.of(
            "kind", "Event", "apiVersion", "audit.k8s.io/v1", "level", decision.level().text(), "auditID", auditId, "stage", "",
                "requestURI", uri,
            "verb", info.verb());
    if (info.resource()) {
      event.set("objectRef", reference(info));
    }
    event.set("requestReceivedTimestamp", AuditEvent.micros(received));
    return event;
  }

  private static Tree ordered(Tree event, Exchange exchange) {
    List<Object> addresses = new ArrayList<>();
    Headers headers = exchange.headers();
    headers.all("X-Forwarded-For").forEach(field -> List.of(field.split(",")).forEach(address -> addresses.add(address.strip())));
    if (!headers.value("X-Real-Ip").isEmpty() && !addresses.contains(headers.value("X-Real-Ip"))) {
      addresses.add(headers.value("X-Real-Ip"));
    }
    String peer = exchange.remoteAddress().getAddress() == null ? "" : exchange.remoteAddress().getAddress().getHostAddress();
    if (!peer.isEmpty() && !addresses.contains(peer)) {
      addresses.add(peer);
    }
    event.set("sourceIPs", addresses);
    String agent = headers.value("User-Agent");
    return agent.isEmpty() ? event : event.set("userAgent", agent.length() > 1024 ? agent.substring(0, 1024) + "...TRUNCATED" : agent);
  }

  private static Tree reference(RequestInfo info) {
    Tree reference = new Tree();
    put(reference, "resource", info.resourceName());
    put(reference, "namespace", info.namespace());
    put(reference, "name", info.name());
    put(reference, "apiGroup", info.group());
    put(reference, "apiVersion", info.version());
    put(reference, "subresource", info.subresource());
    return reference;
  }

  private static void put(Tree tree, String name, String value) {
    if (!value.isEmpty()) {
      tree.set(name, value);
    }
  }

  Instant now() {
    return clock.now();
  }

  void send(Tree event) {
    sinks.forEach(sink -> sink.take(event));
  }

  @Override
  public void close() {
    sinks.forEach(AuditSink::close);
  }
}
