package io.kubrig.kubelet.certificate;

import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.pki.KeyAndCertificate;
import io.kubrig.machinery.pki.KeyKind;
import io.kubrig.machinery.pki.PkiException;
import io.kubrig.machinery.pki.SigningRequest;
import io.micrometer.core.instrument.Counter;
import java.io.UncheckedIOException;
import java.security.KeyPair;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one certificate current: asks for one when there is none, when the one there is lacks a name that is wanted, and when it has
 * lived 70 to 90 % of its life. A request that fails is repeated after 2, 4, 8 and 16 seconds, then every 32.
 */
public final class CertificateManager implements Supplier<Optional<KeyAndCertificate>>, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CertificateManager.class);
  private static final Duration FIRST_RETRY = Duration.ofSeconds(2);
  private static final int DOUBLINGS = 4;
  private static final double JITTER = 0.1;

  private final SigningRequest wanted;
  private final CertificateStore store;
  private final CertificateSigner signer;
  private final Clock clock;
  private final RandomGenerator random;
  private final Counter failures;
  private Consumer<Duration> rotated = age -> {};
  // those of the thread that rotates
  private Instant deadline;
  private int attempts;
  private volatile KeyAndCertificate current; // null until there is one; written by whoever rotates, read by handshakes
  private volatile Thread thread;

  /**
   * Begins with the certificate in the store.
   *
   * @param failures counts requests that brought nothing
   * @throws PkiException when what is in the store cannot be read
   */
  public CertificateManager(SigningRequest wanted, CertificateStore store, CertificateSigner signer, Clock clock, RandomGenerator random,
      Counter failures) {
    this.wanted = wanted;
    this.store = store;
    this.signer = signer;
    this.clock = clock;
    this.random = random;
    this.failures = failures;
    store.current().filter(pair -> isAlive(pair.certificate())).ifPresent(pair -> current = pair);
    this.deadline = current == null || !satisfies(current.certificate()) ? clock.now() : RotationDeadline.of(current.certificate(), random);
  }

  /** Begins with a pair from elsewhere, unless the store has one, and replaces it at once. */
  public void startWith(KeyAndCertificate pair) {
    if (current == null && isAlive(pair.certificate())) {
      store.update(pair);
      current = pair;
      deadline = clock.now();
    }
  }

  /** @param listener hears how long a certificate had lived when it was replaced */
  public void onRotation(Consumer<Duration> listener) {
    rotated = listener;
  }

  /** The certificate in use with its key; empty when there is none, or it has ended. */
  @Override
  public Optional<KeyAndCertificate> get() {
    return Optional.ofNullable(current).filter(pair -> isAlive(pair.certificate()));
  }

  /** Returns when there is a certificate: asks until it gets one. */
  public void await() throws InterruptedException {
    while (get().isEmpty()) {
      Duration pause = step();
      if (get().isEmpty()) {
        clock.sleep(pause);
      }
    }
  }

  /** From now on sees to it in the background. */
  public void start() {
    thread = Thread.ofVirtual().name("certificate-" + store.currentFile().getFileName()).start(() -> {
      try {
        while (true) {
          clock.sleep(step());
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
  }

  @Override
  public void close() {
    Thread running = thread;
    if (running != null) {
      running.interrupt();
    }
  }

  /** Does what is due and returns how long nothing will be. */
  Duration step() throws InterruptedException {
    Duration left = Duration.between(clock.now(), deadline);
    if (left.isPositive()) {
      return left;
    }
    if (rotate()) {
      attempts = 0;
      deadline = RotationDeadline.of(current.certificate(), random);
      LOG.info("Certificate rotation deadline determined: expiration {}, deadline {}", current.certificate().getNotAfter().toInstant(),
          deadline);
      Duration next = Duration.between(clock.now(), deadline);
      return next.isPositive() ? next : FIRST_RETRY;
    }
    Duration pause = FIRST_RETRY.multipliedBy(1L << Math.min(attempts, DOUBLINGS));
    attempts++;
    return pause.plusMillis((long) (pause.toMillis() * JITTER * random.nextDouble()));
  }

  private boolean rotate() throws InterruptedException {
    LOG.debug("Rotating certificates");
    try {
      KeyPair pair = KeyKind.EC.generate();
      List<X509Certificate> chain = signer.sign(wanted.signedBy(pair));
      KeyAndCertificate next = new KeyAndCertificate(pair.getPrivate(), chain);
      store.update(next);
      KeyAndCertificate before = current;
      current = next;
      if (before != null) {
        rotated.accept(Duration.between(before.certificate().getNotBefore().toInstant(), clock.now()));
      }
      return true;
    } catch (CertificateSigner.NotSignedException e) {
      LOG.warn("Certificate request was not signed: {}", e.getMessage());
    } catch (PkiException | UncheckedIOException e) {
      LOG.error("Unable to store the new cert/key pair: {}", e.getMessage());
    }
    failures.increment();
    return false;
  }

  private boolean isAlive(X509Certificate certificate) {
    return !clock.now().isAfter(certificate.getNotAfter().toInstant());
  }

  /** Whether a certificate has the name and all alternative names that are wanted. */
  private boolean satisfies(X509Certificate certificate) {
    boolean same = List.of(certificate.getSubjectX500Principal().getName().split(",")).contains("CN=" + wanted.commonName());
    Set<String> names = new HashSet<>();
    try {
      Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
      for (List<?> alternative : alternatives == null ? List.<List<?>>of() : alternatives) {
        names.add(String.valueOf(alternative.get(1)));
      }
    } catch (CertificateParsingException e) {
      return false;
    }
    return same && names.containsAll(wanted.dnsNames())
        && wanted.addresses().stream().allMatch(address -> names.contains(address.getHostAddress()));
  }
}
