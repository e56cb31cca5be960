package io.kubrig.testkit.traffic;

import io.kubrig.apiserver.http.Exchange;
import io.kubrig.apiserver.http.Handler;
import io.kubrig.apiserver.http.Headers;
import io.kubrig.apiserver.http.Query;
import io.kubrig.apiserver.http.RequestInfo;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.tree.Tree;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Notes the calls of one client and lets go wrong what is to go wrong. */
final class ObservedHandler implements Handler {
  private static final byte[] NOTHING = {};

  private final String client;
  private final Handler server;
  private final Traffic traffic;
  private final Runnable told;
  private final boolean part;
  private final AtomicInteger watches = new AtomicInteger();

  /** @param part whether the client is a part of the cluster */
  ObservedHandler(String client, Handler server, Traffic traffic, Runnable told, boolean part) {
    this.client = client;
    this.server = server;
    this.traffic = traffic;
    this.told = told;
    this.part = part;
  }

  @Override
  public void handle(Exchange exchange) throws IOException {
    Call call = Call.of(traffic.next(), traffic.clock().now(), client, info(exchange));
    Optional<Fault> fault = traffic.faults().strike(call);
    ObservedExchange observed = new ObservedExchange(exchange, call, traffic.faults(), told, part);
    boolean watch = call.verb().equals("watch");
    try {
      watches.addAndGet(watch ? 1 : 0);
      serve(observed, fault);
    } finally {
      if (watches.addAndGet(watch ? -1 : 0) > 0) {
        told.run();
      }
      byte[] body = call.isWrite() ? observed.answer() : NOTHING;
      traffic.answered(new Traffic.Answered(call, observed.status(), body, fault));
    }
  }

  private static RequestInfo info(Exchange exchange) {
    String path = URI.create(exchange.rawPath()).getPath();
    try {
      return RequestInfo.of(exchange.method(), path, Query.parse(exchange.rawQuery()));
    } catch (RequestInfo.Unresolved e) {
      return RequestInfo.ofPath(exchange.method(), path);
    }
  }

  private void serve(ObservedExchange exchange, Optional<Fault> fault) throws IOException {
    if (fault.isEmpty()) {
      server.handle(exchange);
      return;
    }
    switch (fault.get()) {
      case Fault.Refused refused -> refuse(exchange, refused.code(), refused.reason(), refused.message());
      case Fault.DoneButRefused late -> {
        server.handle(exchange.unanswered());
        refuse(exchange, late.code(), late.reason(), late.message());
      }
      case Fault.Lost lost -> throw new IOException("connection reset (injected by the test before the server heard of the call)");
      case Fault.AnswerLost lost -> {
        server.handle(exchange.unanswered());
        throw new IOException("connection reset (injected by the test after the server did what was asked)");
      }
      case Fault.Slow slow -> {
        pause(slow);
        server.handle(exchange);
      }
    }
  }

  private void pause(Fault.Slow slow) throws IOException {
    try {
      traffic.clock().sleepAtWork(slow.by());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static void refuse(Exchange exchange, int code, String reason, String message) throws IOException {
    Tree status = ApiException.stated(code, reason, message, Tree.empty()).status();
    Headers headers = Headers.of("Content-Type", "application/json");
    if (code == 429) {
      headers.set("Retry-After", "1");
    }
    exchange.respond(code, headers, Json.text(status).getBytes(StandardCharsets.UTF_8));
  }
}
