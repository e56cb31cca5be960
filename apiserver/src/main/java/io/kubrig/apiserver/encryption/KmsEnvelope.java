package io.kubrig.apiserver.encryption;

import io.kubrig.apiserver.storage.AtRest;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.timestamp.Timestamps;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.spec.SecretKeySpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Encrypts values with keys of its own, derived from a seed that a key management service has wrapped. The service is asked only for a new
 * seed, when it says that its key has changed, and for seeds of others.
 *
 * <p>Invariants: once {@link #prime} has succeeded there is a seed, and it stays until there is another; {@link #ready} says whether it may
 * still be written with, which is so for three minutes after the service was last well. (Source:
 * apiserver/pkg/server/options/encryptionconfig.)
 */
final class KmsEnvelope implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KmsEnvelope.class);
  private static final Duration WRITABLE = Duration.ofMinutes(3);
  private static final Duration WELL_PERIOD = Duration.ofMinutes(1);
  private static final Duration ILL_PERIOD = Duration.ofSeconds(10);
  private static final Duration WELL_LASTS = Duration.ofSeconds(20);
  private static final Duration ILL_LASTS = Duration.ofSeconds(3);
  private static final int MAX_KEYS = 10_000;

  private final String name;
  private final KmsPlugin plugin;
  private final KmsMetrics metrics;
  private final Clock clock;
  private final SecureRandom random;
  private final Map<String, ValueCipher> keys = new ConcurrentHashMap<>();
  private final Thread watching;
  private volatile Seed seed;
  private String version = "";
  private Instant checked = Instant.EPOCH;
  private IOException trouble;

  /** What is written with, and until when. */
  private record Seed(KmsPlugin.Wrapped source, ValueCipher cipher, Instant expires) {}

  KmsEnvelope(String name, KmsPlugin plugin, KmsMetrics metrics, Clock clock, SecureRandom random) {
    this.name = name;
    this.plugin = plugin;
    this.metrics = metrics;
    this.clock = clock;
    this.random = random;
    this.watching = Thread.ofVirtual().name("kms " + name).unstarted(this::watch);
  }

  String name() {
    return name;
  }

  // ---- health and seeds ----------------------------------------------------------------------------------------------

  /**
   * Waits for the service and has it wrap a first seed; from then on it is looked after.
   *
   * @throws IOException when it does not become well in time
   */
  void prime(Duration patience) throws IOException {
    Instant end = clock.now().plus(patience);
    try {
      while (true) {
        try {
          check();
          watching.start();
          return;
        } catch (IOException e) {
          if (!clock.now().plus(ILL_LASTS).isBefore(end)) {
            throw e;
          }
          LOG.warn("kms plugin {} failed health check probe: {}", name, e.getMessage());
          clock.sleep(ILL_LASTS.plusMillis(1));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for kms plugin " + name, e);
    }
  }

  private void watch() {
    try {
      Duration period = WELL_PERIOD;
      while (true) {
        clock.sleep(period);
        try {
          check();
          period = WELL_PERIOD;
        } catch (IOException e) {
          LOG.error("kms plugin {} failed health check probe: {}", name, e.getMessage());
          period = ILL_PERIOD;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Asks the service how it is, unless that is known, and takes a new seed when its key has changed.
   *
   * @throws IOException when it is not well
   */
  synchronized void check() throws IOException {
    if (clock.now().isBefore(checked.plus(trouble == null ? WELL_LASTS : ILL_LASTS))) {
      if (trouble != null) {
        throw new IOException(trouble.getMessage(), trouble);
      }
      return;
    }
    try {
      ask();
      trouble = null;
    } catch (IOException e) {
      trouble = e;
      throw e;
    } finally {
      checked = clock.now();
    }
  }

  private void ask() throws IOException {
    KmsPlugin.Status status;
    try {
      status = plugin.status();
    } catch (IOException e) {
      String failed = "failed to perform status section of the healthz check for KMS Provider " + name;
      throw new IOException(failed + ", error: " + e.getMessage(), e);
    }
    List<String> errors = new ArrayList<>();
    if (!status.healthz().equals("ok")) {
      errors.add("got unexpected healthz status: " + status.healthz());
    }
    checkVersion(status.version(), errors);
    String wrong = EncryptedObject.wrongKeyId(status.keyId());
    if (wrong.isEmpty()) {
      metrics.told(name, status.keyId());
      try {
        follow(status.keyId());
      } catch (IOException | GeneralSecurityException e) {
        errors.add(e.getMessage());
      }
    } else {
      metrics.toldInvalid(name, status.keyId().isEmpty() ? "empty" : "too_long");
      errors.add("got invalid KMSv2 KeyID hash \"" + Sha256.of(status.keyId()) + "\": " + wrong);
    }
    if (!errors.isEmpty()) {
      String all = errors.size() == 1 ? errors.getFirst() : "[" + String.join(", ", errors) + "]";
      throw new IOException("kmsv2 Provider " + name + " is not healthy, error: " + all);
    }
  }

  private void checkVersion(String told, List<String> errors) {
    if (!told.equals("v2") && !told.equals("v2beta1")) {
      errors.add("expected KMSv2 API version v2, got " + told);
    } else if (version.isEmpty()) {
      version = told;
    } else if (!version.equals(told)) {
      errors.add("KMSv2 API version should not change after the initial status response version " + version + ", got " + told);
    }
  }

  /** Prolongs the seed while the key of the service stays the same, and takes a new one when it changes. */
  private void follow(String keyId) throws IOException, GeneralSecurityException {
    Instant expires = clock.now().plus(WRITABLE);
    Seed old = seed;
    if (old != null && old.source.keyId().equals(keyId)) {
      seed = new Seed(old.source, old.cipher, expires);
      return;
    }
    byte[] bytes = new byte[SeededGcm.SEED];
    random.nextBytes(bytes);
    String uid = uid();
    KmsPlugin.Wrapped source;
    try {
      source = plugin.encrypt(bytes, uid);
    } catch (IOException e) {
      throw new IOException("failed to rotate DEK uid=\"" + uid + "\": failed to encrypt DEK, error: " + e.getMessage(), e);
    }
    EncryptedObject.check(source);
    if (!source.keyId().equals(keyId)) {
      String hashes = "statusKeyIDHash=\"" + Sha256.of(keyId) + "\", encryptKeyIDHash=\"" + Sha256.of(source.keyId()) + "\"";
      throw new IOException("failed to rotate DEK uid=\"" + uid + "\": " + hashes);
    }
    ValueCipher cipher = new SeededGcm(bytes, random);
    remember(new EncryptedObject(new byte[0], source, true).sourceName(), cipher);
    seed = new Seed(source, cipher, expires);
  }

  private String uid() {
    return new UUID((random.nextLong() & ~0xF000L) | 0x4000L, (random.nextLong() & ~(3L << 62)) | (1L << 63)).toString();
  }

  private void remember(String source, ValueCipher cipher) {
    if (keys.size() >= MAX_KEYS) {
      keys.clear();
    }
    keys.put(source, cipher);
    metrics.keys(name, keys.size());
  }

  // ---- values --------------------------------------------------------------------------------------------------------

  /** @throws IOException when no value may be encrypted now */
  void ready() throws IOException {
    Seed now = seed;
    if (now == null) {
      throw new IOException("got unexpected nil transformer");
    }
    if (clock.now().isAfter(now.expires)) {
      throw new IOException("encryptedDEKSource with keyID hash \"" + Sha256.of(now.source.keyId()) + "\" expired at "
          + Timestamps.format(now.expires) + " (current time is " + Timestamps.format(clock.now()) + ")");
    }
  }

  byte[] seal(String place, byte[] value) throws GeneralSecurityException {
    Seed now = seed;
    if (now == null) {
      throw new GeneralSecurityException("got unexpected nil transformer");
    }
    metrics.used("to_storage", name, now.source.keyId());
    return new EncryptedObject(now.cipher.encrypt(value, place), now.source, true).encoded();
  }

  AtRest.Opened open(String place, byte[] kept) throws GeneralSecurityException {
    EncryptedObject object = EncryptedObject.decoded(kept);
    ValueCipher cipher = keys.get(object.sourceName());
    if (cipher == null) {
      cipher = unwrapped(object);
    }
    metrics.used("from_storage", name, object.source().keyId());
    Seed now = seed;
    boolean outdated = now == null || !object.seeded() || !object.source().keyId().equals(now.source.keyId());
    return new AtRest.Opened(cipher.decrypt(object.data(), place), outdated);
  }

  private ValueCipher unwrapped(EncryptedObject object) throws GeneralSecurityException {
    metrics.unknownKey();
    try {
      byte[] key = plugin.decrypt(object.source(), uid());
      ValueCipher cipher = object.seeded() ? new SeededGcm(key, random) : new AesGcm(new SecretKeySpec(key, "AES"), random);
      remember(object.sourceName(), cipher);
      return cipher;
    } catch (IOException e) {
      throw new GeneralSecurityException("failed to decrypt DEK, error: " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new GeneralSecurityException(e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    watching.interrupt();
    plugin.close();
  }
}
