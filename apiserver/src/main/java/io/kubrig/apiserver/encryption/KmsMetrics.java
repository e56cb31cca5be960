package io.kubrig.apiserver.encryption;

import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.metrics.Buckets;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The {@code apiserver_envelope_encryption_*} metrics. Keys are named by their hashes only. */
final class KmsMetrics {
  private static final String PREFIX = "apiserver_envelope_encryption_";
  private static final double[] LATENCIES = Buckets.exponential(0.0001, 2, 20);

  private final MeterRegistry registry;
  private final Clock clock;
  private final String server;
  private final Map<String, AtomicLong> gauges = new ConcurrentHashMap<>();

  /** @param server the identity of this API server */
  KmsMetrics(MeterRegistry registry, Clock clock, String server) {
    this.registry = registry;
    this.clock = clock;
    this.server = Sha256.of(server);
  }

  void called(String provider, String method, String code, double seconds) {
    Buckets.histogram(PREFIX + "kms_operations_latency_seconds", LATENCIES)
        .tags("provider_name", provider, "method_name", method, "grpc_status_code", code)
        .description("KMS operation duration with gRPC error code status total.")
        .register(registry)
        .record(seconds);
  }

  /** @param transformation from_storage or to_storage */
  void used(String transformation, String provider, String keyId) {
    Tags tags =
        Tags.of("transformation_type", transformation, "provider_name", provider, "key_id_hash", Sha256.of(keyId),
            "apiserver_id_hash", server);
    Counter.builder(PREFIX + "key_id_hash_total")
        .tags(tags)
        .description("Number of times a keyID is used split by transformation type, provider, and apiserver identity.")
        .register(registry)
        .increment();
    now(PREFIX + "key_id_hash_last_timestamp_seconds", tags, "The last time in seconds when a keyID was used.");
  }

  void told(String provider, String keyId) {
    now(PREFIX + "key_id_hash_status_last_timestamp_seconds",
        Tags.of("provider_name", provider, "key_id_hash", Sha256.of(keyId), "apiserver_id_hash", server),
        "The last time in seconds when a keyID was returned by the Status RPC call.");
  }

  /** @param error empty or too_long */
  void toldInvalid(String provider, String error) {
    Counter.builder(PREFIX + "invalid_key_id_from_status_total")
        .tags("provider_name", provider, "error", error)
        .description("Number of times an invalid keyID is returned by the Status RPC call split by error.")
        .register(registry)
        .increment();
  }

  void unknownKey() {
    Counter.builder("apiserver_storage_envelope_transformation_cache_misses_total")
        .description("Total number of cache misses while accessing key decryption key(KEK).")
        .register(registry)
        .increment();
  }

  void keys(String provider, int known) {
    gauge(PREFIX + "dek_source_cache_size", Tags.of("provider_name", provider),
        "Number of records in data encryption key (DEK) source cache. On a restart, this value is an approximation of the number of "
            + "decrypt RPC calls the server will make to the KMS plugin.")
        .set(known);
  }

  private void now(String name, Tags tags, String description) {
    gauge(name, tags, description).set(clock.now().getEpochSecond());
  }

  private AtomicLong gauge(String name, Tags tags, String description) {
    return gauges.computeIfAbsent(
        name + tags,
        key -> {
          AtomicLong value = new AtomicLong();
          Gauge.builder(name, value, AtomicLong::get).tags(tags).description(description).register(registry);
          return value;
        });
  }
}
