package io.kubrig.operators.certificates;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestCondition;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.pki.PemFiles;
import io.kubrig.machinery.pki.PkiException;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.ApiErrors;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.engine.Outcome;
import io.kubrig.operators.engine.Queue;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Deletes requests an hour after their answer, a day after nobody answered, and when their certificate has expired. Sweeps hourly. */
public final class CleanerController implements Controller {
  private static final Key SWEEP = Key.of("sweep");
  private static final Duration PERIOD = Duration.ofHours(1);
  private static final Duration ANSWERED = Duration.ofHours(1);
  private static final Duration PENDING = Duration.ofHours(24);

  private final Api api;
  private final Clock clock;
  private final Cached<CertificateSigningRequest> requests;
  private volatile Queue work; // set by watch, before anything runs

  /** A controller in a manager. */
  public CleanerController(ControllerContext context) {
    this.api = context.api();
    this.clock = context.clock();
    this.requests = context.caches().of(CertificateSigningRequest.class);
  }

  @Override
  public void watch(Queue queue) {
    work = queue;
  }

  @Override
  public void started() {
    work.add(SWEEP);
  }

  @Override
  public Outcome reconcile(Key key) {
    requests.list().stream().filter(request -> isOld(request, clock.now())).forEach(this::delete);
    return Outcome.after(PERIOD);
  }

  static boolean isOld(CertificateSigningRequest request, Instant now) {
    Optional<String> certificate = Requests.certificate(request);
    boolean approved = Requests.has(request, Requests.APPROVED);
    boolean denied = Requests.has(request, Requests.DENIED);
    if (!approved && !denied && !Requests.has(request, Requests.FAILED)) {
      return Objects.created(request).plus(PENDING).isBefore(now);
    }
    return isPast(request, Requests.DENIED, now) || isPast(request, Requests.FAILED, now)
        || certificate.isPresent() && (isPast(request, Requests.APPROVED, now) || isExpired(certificate.get(), now))
        || approved && certificate.isEmpty() && Objects.created(request).plus(PENDING).isBefore(now);
  }

  private static boolean isPast(CertificateSigningRequest request, String type, Instant now) {
    return Requests.condition(request, type).map(CertificateSigningRequestCondition::getLastUpdateTime).flatMap(Objects::time)
        .filter(at -> at.plus(ANSWERED).isBefore(now)).isPresent();
  }

  private static boolean isExpired(String pem, Instant now) {
    try {
      return PemFiles.certificates(pem, "status.certificate").stream().anyMatch(c -> c.getNotAfter().toInstant().isBefore(now));
    } catch (PkiException e) {
      return false; // somebody else's signer, somebody else's format
    }
  }

  private void delete(CertificateSigningRequest request) {
    try {
      api.delete(request);
    } catch (RuntimeException e) {
      if (!ApiErrors.isNotFound(e)) {
        throw e;
      }
    }
  }
}
