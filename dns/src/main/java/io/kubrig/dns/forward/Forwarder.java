package io.kubrig.dns.forward;

import io.kubrig.dns.message.Query;
import io.kubrig.dns.message.Question;
import io.kubrig.dns.message.ResponseCode;
import io.kubrig.dns.message.UpstreamResponse;
import io.kubrig.machinery.clock.Clock;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the host's resolvers, one after the other until one answers, and remembers what they said for a while. */
public final class Forwarder {
  private static final Logger LOG = LoggerFactory.getLogger(Forwarder.class);
  private static final Duration TIMEOUT = Duration.ofSeconds(2);
  private static final int ROUNDS = 2;
  private static final int CAPACITY = 9984;

  private final List<InetSocketAddress> servers;
  private final Upstream upstream;
  private final Clock clock;
  private final RandomGenerator random;
  private final MeterRegistry metrics;
  private final long cacheSeconds;
  // guarded by itself
  private final Map<Key, Kept> cache = new LinkedHashMap<>(256, 0.75f, true) {
    private static final long serialVersionUID = 1L;

    @Override
    protected boolean removeEldestEntry(Map.Entry<Key, Kept> eldest) {
      return size() > CAPACITY;
    }
  };
  private volatile String probe = "";
  private volatile boolean looping;

  private record Key(String name, int type, int dnsClass, boolean dnssec, boolean tcp) {
  }

  private record Kept(UpstreamResponse response, long storedNanos, long lifeSeconds) {
  }

  /**
   * @param servers where to ask, best first; with none, names outside the cluster fail
   * @param cacheSeconds the longest time an answer is remembered; zero remembers none
   */
  public Forwarder(List<InetSocketAddress> servers, Upstream upstream, Clock clock, RandomGenerator random, MeterRegistry metrics,
      long cacheSeconds) {
    this.servers = List.copyOf(servers);
    this.upstream = upstream;
    this.clock = clock;
    this.random = random;
    this.metrics = metrics;
    this.cacheSeconds = cacheSeconds;
  }

  /** The answer to a query as bytes for that client; empty when nobody answered. */
  public Optional<byte[]> forward(Query query, boolean tcp) {
    Key key = new Key(query.question().lowerName(), query.question().type(), query.question().dnsClass(), query.dnssec(), tcp);
    Optional<byte[]> known = cached(key, query);
    metrics.counter(known.isPresent() ? "coredns_cache_hits_total" : "coredns_cache_misses_total").increment();
    return known.or(() -> ask(query, tcp).map(response -> {
      store(key, response);
      return response.answerTo(query, 0, Long.MAX_VALUE);
    }));
  }

  /** Asks the resolvers, past the cache. */
  public Optional<UpstreamResponse> ask(Query query, boolean tcp) {
    if (looping) {
      return Optional.empty();
    }
    byte[] message = query.bytes().clone();
    int id = random.nextInt(1 << 16);
    message[0] = (byte) (id >> 8);
    message[1] = (byte) id;
    for (int round = 0; round < ROUNDS; round++) {
      for (InetSocketAddress server : servers) {
        Optional<UpstreamResponse> response = exchange(server, message, id, query.question(), tcp);
        if (response.isPresent()) {
          return response;
        }
      }
    }
    return Optional.empty();
  }

  private Optional<UpstreamResponse> exchange(InetSocketAddress server, byte[] message, int id, Question question, boolean tcp) {
    long begun = clock.nanos();
    try {
      byte[] answer = upstream.exchange(server, message, tcp, TIMEOUT);
      metrics.summary("coredns_forward_request_duration_seconds", "to", server.getHostString()).record((clock.nanos() - begun) / 1e9);
      return UpstreamResponse.parse(answer, id, question);
    } catch (IOException problem) {
      metrics.counter("coredns_forward_healthcheck_failures_total", "to", server.getHostString()).increment();
      LOG.debug("No answer from {}: {}", server, problem.getMessage());
      return Optional.empty();
    }
  }

  private Optional<byte[]> cached(Key key, Query query) {
    synchronized (cache) {
      Kept entry = cache.get(key);
      if (entry == null) {
        return Optional.empty();
      }
      long age = Duration.ofNanos(clock.nanos() - entry.storedNanos()).toSeconds();
      if (age >= entry.lifeSeconds()) {
        cache.remove(key);
        return Optional.empty();
      }
      return Optional.of(entry.response().answerTo(query, age, cacheSeconds));
    }
  }

  private void store(Key key, UpstreamResponse response) {
    long life = Math.min(cacheSeconds, response.minimumTtl());
    boolean worth = response.code() == ResponseCode.NOERROR.ordinal() || response.code() == ResponseCode.NXDOMAIN.ordinal();
    if (life > 0 && worth && !response.truncated()) {
      synchronized (cache) {
        cache.put(key, new Kept(response, clock.nanos(), life));
      }
    }
  }

  /** A name that nobody has; asking for it upstream finds out whether questions come back here. */
  public String newProbe() {
    probe = Long.toUnsignedString(random.nextLong()) + "." + Long.toUnsignedString(random.nextLong());
    return probe;
  }

  /**
   * Tells of a question that came in. When it is the probe, the resolvers forward to this server, and forwarding ends. Returns whether it
   * was.
   */
  public boolean noticeLoop(Question question) {
    if (probe.isEmpty() || !question.lowerName().equals(probe)) {
      return false;
    }
    if (!looping) {
      looping = true;
      LOG.error("Loop detected: a resolver of {} forwards to this server. Names outside the cluster are not resolved: name other "
          + "resolvers with --forward", servers);
    }
    return true;
  }
}
