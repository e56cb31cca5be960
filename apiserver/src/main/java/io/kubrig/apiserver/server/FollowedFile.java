package io.kubrig.apiserver.server;

import io.kubrig.apiserver.encryption.Sha256;
import io.kubrig.machinery.clock.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A configuration file that is put to use again when its text has changed. A text that is not valid is reported and leaves everything as it
 * was; one that could not be put to use for another reason is tried again.
 */
final class FollowedFile implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FollowedFile.class);
  private static final Duration PERIOD = Duration.ofSeconds(10);

  private final Path file;
  private final Use use;
  private final Metrics metrics;
  private final Clock.Timer timer;
  private String known;

  /** Puts a text to use. */
  @FunctionalInterface
  interface Use {
    /**
     * @throws IOException when that does not work now
     * @throws IllegalArgumentException when the text is not valid
     */
    void put(String text) throws IOException;
  }

  /** @param known the text that is in use */
  FollowedFile(Path file, String known, Use use, Metrics metrics, Clock clock) {
    this.file = file;
    this.known = known;
    this.use = use;
    this.metrics = metrics;
    metrics.used(known);
    timer = clock.every(PERIOD, this::look);
  }

  synchronized void look() {
    String text;
    try {
      text = Files.readString(file);
    } catch (IOException e) {
      failed(e);
      return;
    }
    if (text.equals(known)) {
      return;
    }
    try {
      use.put(text);
      known = text;
      metrics.reloaded("success");
      metrics.used(text);
      LOG.info("reloaded {}", file);
    } catch (IllegalArgumentException e) {
      known = text;
      failed(e);
    } catch (IOException e) {
      failed(e);
    }
  }

  private void failed(Exception e) {
    metrics.reloaded("failure");
    LOG.error("The changed configuration {} is not used: {}", file, e.getMessage());
  }

  @Override
  public void close() {
    timer.cancel();
  }

  /** The {@code apiserver_…_config_controller_*} metrics of one file. */
  static final class Metrics {
    private final MeterRegistry registry;
    private final Clock clock;
    private final String what;
    private final String server;
    private final Map<String, AtomicLong> times = new ConcurrentHashMap<>();
    private Gauge current;

    /**
     * @param what authentication or authorization
     * @param server the identity of this API server
     */
    Metrics(MeterRegistry registry, Clock clock, String what, String server) {
      this.registry = registry;
      this.clock = clock;
      this.what = what;
      this.server = Sha256.of(server);
    }

    private String name(String end) {
      return "apiserver_" + what + "_config_controller_" + end;
    }

    private void reloaded(String status) {
      Counter.builder(name("automatic_reloads_total"))
          .tags("status", status, "apiserver_id_hash", server)
          .description("Total number of automatic reloads of " + what + " configuration split by status and apiserver identity.")
          .register(registry)
          .increment();
      times.computeIfAbsent(status, this::time).set(clock.now().getEpochSecond());
    }

    private AtomicLong time(String status) {
      AtomicLong time = new AtomicLong();
      Gauge.builder(name("automatic_reload_last_timestamp_seconds"), time, AtomicLong::get)
          .tags("status", status, "apiserver_id_hash", server)
          .description("Timestamp of the last automatic reload of " + what + " configuration split by status and apiserver identity.")
          .register(registry);
      return time;
    }

    private void used(String text) {
      if (current != null) {
        registry.remove(current);
      }
      current =
          Gauge.builder(name("last_config_info"), () -> 1)
              .tags("apiserver_id_hash", server, "hash", Sha256.of(text))
              .description("Information about the last applied " + what + " configuration with hash as label, split by apiserver identity.")
              .register(registry);
    }
  }
}
