package io.kubrig.operators.sweep;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** What goes wrong with the requests of one life of a controller. */
final class Faults {
  private final long seed;
  private final RandomGenerator random;
  private final Map<String, RandomGenerator> ofCallers = new HashMap<>();
  private final double rate;
  private boolean dead;

  /** @param rate the share of requests that go wrong */
  Faults(long seed, double rate) {
    this.seed = seed;
    this.random = new SplittableRandom(seed);
    this.rate = rate;
  }

  /** The controller's process is gone. No controller may catch it. */
  static final class Crash extends Error {
    private static final long serialVersionUID = 1L;

    Crash() {
      super("crash", null, false, false);
    }
  }

  synchronized boolean dead() {
    return dead;
  }

  /** A read. */
  synchronized <T> T read(Supplier<T> request) {
    return read(random, request);
  }

  /** A read of one of several callers that read side by side: in whatever order they do, each has the same luck. */
  synchronized <T> T read(String caller, Supplier<T> request) {
    return read(ofCallers.computeIfAbsent(caller, c -> new SplittableRandom(31 * seed + c.hashCode())), request);
  }

  private <T> T read(RandomGenerator luck, Supplier<T> request) {
    alive();
    if (luck.nextDouble() < rate / 4) {
      throw MemoryServer.refusal(500, "InternalError", "the read failed");
    }
    return request.get();
  }

  /** A write. @param mayConflict whether it names the state that it was decided on */
  synchronized <T> T write(boolean mayConflict, Supplier<T> request) {
    alive();
    if (random.nextDouble() >= rate) {
      return request.get();
    }
    switch (random.nextInt(7)) {
      case 0 -> throw MemoryServer.refusal(mayConflict ? 409 : 429, mayConflict ? "Conflict"
          : "TooManyRequests", "the object has been modified");
      case 1 -> throw MemoryServer.refusal(429, "TooManyRequests", "the server has received too many requests");
      case 2 -> throw MemoryServer.refusal(500, "InternalError", "not done");
      case 3 -> throw crash();
      case 4 -> {
        request.get();
        throw MemoryServer.refusal(504, "Timeout", "done, but too late");
      }
      case 5 -> {
        request.get();
        throw new KubernetesClientException("the connection broke", new IOException("reset"));
      }
      default -> {
        request.get();
        throw crash();
      }
    }
  }

  private void alive() {
    if (dead) {
      throw new Crash();
    }
  }

  private Crash crash() {
    dead = true;
    return new Crash();
  }
}
