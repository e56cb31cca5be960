package io.kubrig.kubelet.certificate;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

/** When a certificate is to be renewed: at a random point between 70 and 90 % of its life, so that nodes do not all come at once. */
final class RotationDeadline {
  private static final double EARLIEST = 0.7;
  private static final double SPREAD = 0.2;

  private RotationDeadline() {}

  static Instant of(X509Certificate certificate, RandomGenerator random) {
    Instant from = certificate.getNotBefore().toInstant();
    Duration life = Duration.between(from, certificate.getNotAfter().toInstant());
    return from.plusMillis((long) (life.toMillis() * (EARLIEST + SPREAD * random.nextDouble())));
  }
}
