package io.kubrig.dns.server;

import io.kubrig.dns.forward.Forwarder;
import io.kubrig.dns.message.Answer;
import io.kubrig.dns.message.Query;
import io.kubrig.dns.message.Question;
import io.kubrig.dns.message.Record;
import io.kubrig.dns.message.ResponseCode;
import io.kubrig.dns.message.ResponseWriter;
import io.kubrig.dns.message.Type;
import io.kubrig.dns.message.UpstreamResponse;
import io.kubrig.dns.zone.ClusterZone;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.metrics.Buckets;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From the bytes of a query to the bytes of its response. */
public final class QueryHandler {
  private static final Logger LOG = LoggerFactory.getLogger(QueryHandler.class);
  private static final int MAX_UDP = 1232;
  private static final int MAX_TCP = 65535;
  private static final int HEADER = 12;
  private static final double[] DURATIONS = Buckets.exponential(0.00025, 2, 16);

  private final ClusterZone zone;
  private final Forwarder forwarder;
  private final BooleanSupplier ready;
  private final Clock clock;
  private final MeterRegistry metrics;

  /** @param ready whether the cluster is known; before that its names cannot be denied */
  public QueryHandler(ClusterZone zone, Forwarder forwarder, BooleanSupplier ready, Clock clock, MeterRegistry metrics) {
    this.zone = zone;
    this.forwarder = forwarder;
    this.ready = ready;
    this.clock = clock;
    this.metrics = metrics;
  }

  /** The response; empty for what deserves none. */
  public Optional<byte[]> handle(byte[] message, boolean tcp) {
    long begun = clock.nanos();
    Optional<Query> parsed = Query.parse(message);
    if (parsed.isEmpty()) {
      boolean answerToNobody = message.length < HEADER || (message[2] & 0x80) != 0;
      return answerToNobody ? Optional.empty() : Optional.of(ResponseWriter.formatError(message));
    }
    byte[] response = answer(parsed.get(), tcp);
    count(parsed.get(), tcp, response, clock.nanos() - begun);
    return Optional.of(response);
  }

  private byte[] answer(Query query, boolean tcp) {
    int limit = tcp ? MAX_TCP : Math.min(MAX_UDP, query.udpSize());
    try {
      if (query.opcode() != 0) {
        return ResponseWriter.write(query, Answer.failed(ResponseCode.NOTIMP), false, limit);
      }
      if (forwarder.noticeLoop(query.question())) {
        return ResponseWriter.write(query, Answer.failed(ResponseCode.SERVFAIL), false, limit);
      }
      Optional<ClusterZone.Reply> reply = ready.getAsBoolean() || !zone.covers(query.question()) ? zone.answer(query.question())
          : Optional.of(new ClusterZone.Reply(Answer.failed(ResponseCode.SERVFAIL), ""));
      if (reply.isPresent()) {
        return ResponseWriter.write(query, withAlias(reply.get(), query, tcp), true, limit);
      }
      return forwarder.forward(query, tcp).filter(response -> response.length <= Math.max(limit, query.udpSize()))
          .orElseGet(() -> ResponseWriter.write(query, Answer.failed(ResponseCode.SERVFAIL), false, limit));
    } catch (RuntimeException bug) {
      LOG.error("Answering {} failed", query.question(), bug);
      return ResponseWriter.write(query, Answer.failed(ResponseCode.SERVFAIL), false, limit);
    }
  }

  /** Adds what an alias stands for, asked of the zone or of the resolvers. */
  private Answer withAlias(ClusterZone.Reply reply, Query query, boolean tcp) {
    if (reply.aliasTarget().isEmpty()) {
      return reply.answer();
    }
    Question next = new Question(reply.aliasTarget(), query.question().type(), Question.CLASS_IN);
    List<Record> all = new ArrayList<>(reply.answer().answers());
    Optional<ClusterZone.Reply> inside = zone.answer(next);
    if (inside.isPresent()) {
      all.addAll(inside.get().answer().answers());
    } else {
      Query question = question(next, query.id());
      all.addAll(forwarder.ask(question, tcp).map(UpstreamResponse::answers).orElse(List.of()));
    }
    return new Answer(reply.answer().code(), all, List.of(), List.of());
  }

  /** A query of this server's own. */
  static Query question(Question question, int id) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) (id >> 8), (byte) id, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0});
    for (String label : question.name().split("\\.")) {
      byte[] text = label.getBytes(StandardCharsets.ISO_8859_1);
      out.write(text.length);
      out.writeBytes(text);
    }
    out.writeBytes(new byte[] {0, (byte) (question.type() >> 8), (byte) question.type(), 0, (byte) question.dnsClass()});
    return Query.parse(out.toByteArray()).orElseThrow();
  }

  /** Sends the probe that finds out whether the resolvers forward to this server. */
  public void probeForLoop() {
    forwarder.ask(question(new Question(forwarder.newProbe(), Type.HINFO, Question.CLASS_IN), 0), false);
  }

  private void count(Query query, boolean tcp, byte[] response, long nanos) {
    String proto = tcp ? "tcp" : "udp";
    metrics.counter("coredns_dns_requests_total", "proto", proto, "type", Type.label(query.question().type())).increment();
    metrics.counter("coredns_dns_responses_total", "rcode", ResponseCode.label(response[3] & 15)).increment();
    Buckets.histogram("coredns_dns_request_duration_seconds", DURATIONS).register(metrics).record(nanos / 1e9);
  }
}
