package io.kubrig.apiserver.webhook;

import io.kubrig.apiserver.proxy.Backend;
import io.kubrig.apiserver.proxy.BackendCall;
import io.kubrig.machinery.clock.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** Connections that wait for their next request. Safe for concurrent use. */
final class IdleConnections implements AutoCloseable {
  private static final long MAX_IDLE_NANOS = Duration.ofSeconds(90).toNanos();
  private static final int MOST_PER_BACKEND = 25;
  private static final int MOST_BACKENDS = 256;

  private final Clock clock;
  private final Map<Backend, Deque<Idle>> waiting = new HashMap<>();
  private boolean closed;

  private record Idle(BackendCall call, long since) {}

  IdleConnections(Clock clock) {
    this.clock = clock;
  }

  /** One that was used last and not long ago, or null. */
  synchronized BackendCall take(Backend backend) {
    Deque<Idle> calls = waiting.get(backend);
    if (calls == null) {
      return null;
    }
    Idle newest = calls.pollLast();
    if (newest == null || clock.nanos() - newest.since > MAX_IDLE_NANOS) {
      waiting.remove(backend);
      calls.forEach(idle -> idle.call.close());
      if (newest != null) {
        newest.call.close();
      }
      return null;
    }
    return newest.call;
  }

  synchronized void keep(Backend backend, BackendCall call) {
    if (closed) {
      call.close();
      return;
    }
    if (waiting.size() >= MOST_BACKENDS && !waiting.containsKey(backend)) {
      forgetAll();
    }
    Deque<Idle> calls = waiting.computeIfAbsent(backend, key -> new ArrayDeque<>());
    calls.addLast(new Idle(call, clock.nanos()));
    if (calls.size() > MOST_PER_BACKEND) {
      calls.removeFirst().call.close();
    }
  }

  private void forgetAll() {
    waiting.values().forEach(calls -> calls.forEach(idle -> idle.call.close()));
    waiting.clear();
  }

  @Override
  public synchronized void close() {
    closed = true;
    forgetAll();
  }
}
