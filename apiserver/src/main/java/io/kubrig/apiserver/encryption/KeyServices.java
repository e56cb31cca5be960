package io.kubrig.apiserver.encryption;

import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.duration.GoDuration;
import io.kubrig.machinery.tree.Tree;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;

/** Makes the connections to the key management services that a configuration names. */
public final class KeyServices {
  static final Duration TIMEOUT = Duration.ofSeconds(3);

  private final Clock clock;
  private final SecureRandom random;
  private final KmsMetrics metrics;

  /**
   * @param server the identity of this API server
   */
  public KeyServices(MeterRegistry metrics, Clock clock, SecureRandom random, String server) {
    this.clock = clock;
    this.random = random;
    this.metrics = new KmsMetrics(metrics, clock, server);
  }

  /**
   * A service that is well.
   *
   * @param patience how long it may take to become so
   */
  KmsEnvelope open(Tree kms, Duration patience) throws IOException {
    String name = kms.string("name");
    Duration timeout = kms.string("timeout").isEmpty() ? TIMEOUT : GoDuration.parse(kms.string("timeout"));
    Path socket = Path.of(URI.create(kms.string("endpoint")).getPath());
    KmsEnvelope envelope = new KmsEnvelope(name, new KmsSocket(name, socket, timeout, metrics, clock), metrics, clock, random);
    try {
      envelope.prime(patience);
      return envelope;
    } catch (IOException e) {
      envelope.close();
      throw new IOException("the key management service " + name + " at " + socket + " cannot be used: " + e.getMessage(), e);
    }
  }
}
