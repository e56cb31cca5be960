package io.kubrig.operators.certificates;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.pki.CertificateAuthority;
import io.kubrig.machinery.pki.CertificateRequest;
import io.kubrig.machinery.pki.KeyAndCertificate;
import io.kubrig.machinery.pki.PemFiles;
import io.kubrig.machinery.pki.PkiException;
import io.kubrig.operators.ControllerManagerOptions;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.engine.Outcome;
import io.kubrig.operators.engine.Queue;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Signs approved requests with {@code --cluster-signing-*}. Files are read for each request, so that they may be replaced. */
public final class SigningController implements Controller {
  private static final Duration BACKDATE = Duration.ofMinutes(5);
  private static final Duration SHORT = Duration.ofHours(8);
  private static final Duration LEAST = Duration.ofMinutes(10);

  private final Api api;
  private final Clock clock;
  private final ControllerManagerOptions options;
  private final Cached<CertificateSigningRequest> requests;

  /** A controller in a manager. */
  public SigningController(ControllerContext context) {
    this.api = context.api();
    this.clock = context.clock();
    this.options = context.options();
    this.requests = context.caches().of(CertificateSigningRequest.class);
  }

  @Override
  public void watch(Queue queue) {
    requests.watch(added -> queue.add(Key.of(added)), (before, after) -> queue.add(Key.of(after)), gone -> { });
  }

  @Override
  public Retries retries() {
    return new Retries(Duration.ofMillis(200), Duration.ofSeconds(1000));
  }

  @Override
  public Outcome reconcile(Key key) {
    Optional<CertificateSigningRequest> request = requests.get(key).filter(r -> Requests.has(r, Requests.APPROVED)
        && !Requests.has(r, Requests.DENIED) && !Requests.has(r, Requests.FAILED) && Requests.certificate(r).isEmpty());
    Optional<Signer> signer = request.flatMap(r -> Signer.of(r.getSpec().getSignerName()));
    if (signer.isPresent()) {
      authority(signer.get()).ifPresent(authority -> sign(request.get(), signer.get(), authority));
    }
    return Outcome.DONE;
  }

  /** The authority of a signer: by its own flags if there are any, else by the common ones; empty without files. */
  private Optional<CertificateAuthority> authority(Signer signer) {
    boolean own = Arrays.stream(Signer.values()).anyMatch(s -> !flag(s, "cert").isEmpty() || !flag(s, "key").isEmpty());
    String cert = own ? flag(signer, "cert") : options.string("cluster-signing-cert-file");
    String key = own ? flag(signer, "key") : options.string("cluster-signing-key-file");
    if (cert.isEmpty() || key.isEmpty()) {
      return Optional.empty();
    }
    List<X509Certificate> chain = PemFiles.certificates(Path.of(cert));
    return Optional.of(new CertificateAuthority(new KeyAndCertificate(PemFiles.privateKey(Path.of(key)), chain), clock));
  }

  private String flag(Signer signer, String what) {
    return options.string("cluster-signing-" + signer.flag() + "-" + what + "-file");
  }

  private void sign(CertificateSigningRequest request, Signer signer, CertificateAuthority authority) {
    CertificateRequest wanted;
    try {
      wanted = Requests.parse(request);
    } catch (PkiException e) {
      throw new IllegalStateException("unable to parse csr \"" + request.getMetadata().getName() + "\": " + e.getMessage(), e);
    }
    Set<String> usages = new LinkedHashSet<>(Objects.orEmpty(request.getSpec().getUsages()));
    Optional<String> objection = signer.objection(wanted, usages);
    if (objection.isPresent()) {
      fail(request, objection.get());
      return;
    }
    Instant now = clock.now();
    Duration life = life(request.getSpec().getExpirationSeconds());
    Instant end = life.compareTo(SHORT) < 0 ? now.plus(life) : now.plus(life).minus(BACKDATE);
    X509Certificate certificate = authority.sign(wanted, Usages.bits(usages), Usages.extended(usages), now.minus(BACKDATE), end);
    String pem = PemFiles.text(List.of(certificate));
    api.updateStatus(new CertificateSigningRequestBuilder(Objects.copy(request)).editOrNewStatus()
        .withCertificate(Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII))).endStatus().build());
  }

  private Duration life(Integer seconds) {
    Duration most = options.duration("cluster-signing-duration");
    if (seconds == null) {
      return most;
    }
    Duration wanted = Duration.ofSeconds(seconds);
    if (most.compareTo(wanted) < 0) {
      return most;
    }
    return wanted.compareTo(LEAST) < 0 ? LEAST : wanted;
  }

  private void fail(CertificateSigningRequest request, String message) {
    String now = Objects.time(clock.now());
    api.updateStatus(new CertificateSigningRequestBuilder(Objects.copy(request)).editOrNewStatus().addNewCondition()
        .withType(Requests.FAILED)
        .withStatus("True").withReason("SignerValidationFailure").withMessage(message).withLastUpdateTime(now).withLastTransitionTime(now)
        .endCondition().endStatus().build());
  }
}
