package io.kubrig.kubelet.config;

import io.fabric8.kubernetes.client.Config;
import io.kubrig.kubelet.certificate.CertificateManager;
import io.kubrig.kubelet.certificate.CertificateRequests;
import io.kubrig.kubelet.certificate.CertificateSigner;
import io.kubrig.kubelet.certificate.CertificateStore;
import io.kubrig.kubelet.certificate.ClientBootstrap;
import io.kubrig.machinery.component.ClientSettings;
import io.kubrig.machinery.component.Environment;
import io.kubrig.machinery.component.StartException;
import io.kubrig.machinery.pki.ChangingKey;
import io.kubrig.machinery.pki.KeyAndCertificate;
import io.kubrig.machinery.pki.PemFiles;
import io.kubrig.machinery.pki.PkiException;
import io.kubrig.machinery.pki.SigningRequest;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.KeyManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The certificates of a kubelet, as its flags and configuration want them: whom it shows itself as, and what it serves with. */
final class KubeletCertificates implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KubeletCertificates.class);
  /** From a minute to four years. Unit: seconds. */
  private static final double[] AGES =
      {60, 3600, 14_400, 86_400, 604_800, 2_592_000, 7_776_000, 15_552_000, 31_104_000, 124_416_000};

  private final String nodeName;
  private final Path directory;
  private final Environment environment;
  private final Deque<CertificateManager> managers = new ArrayDeque<>(); // of whoever starts and stops, one after the other

  KubeletCertificates(String nodeName, Path directory, Environment environment) {
    this.nodeName = nodeName;
    this.directory = directory;
    this.environment = environment;
  }

  /**
   * How the kubelet reaches the API server. Where there is no certificate yet, and a kubeconfig to ask for one, returns when it is there.
   *
   * @param own with {@code --kubeconfig}
   * @param bootstrap {@code --bootstrap-kubeconfig}, or empty
   * @param rotate whether the certificate is renewed
   */
  ClientSettings client(ClientSettings own, String bootstrap, boolean rotate) throws InterruptedException {
    if (environment.embedded() || bootstrap.isEmpty() && !rotate) {
      return own; // in one process with the API server there are no handshakes: the kubeconfig alone says who the kubelet is
    }
    try {
      CertificateStore store = new CertificateStore("kubelet-client", directory, environment.clock());
      ClientSettings renewing = own.withClientKey(store.currentFile().toString());
      AtomicReference<ClientSettings> asking = new AtomicReference<>(renewing);
      CertificateManager manager = manager("client", store, SigningRequest.client("system:node:" + nodeName, "system:nodes"),
          CertificateRequests.ofClients(() -> environment.clients().open(asking.get())));
      if (!bootstrap.isEmpty()) {
        bootstrap(new ClientBootstrap(Path.of(own.kubeconfig()), Path.of(bootstrap)), store, manager, asking, renewing);
      }
      ofKubeconfig(own).ifPresent(manager::startWith);
      if (!rotate || manager.get().isEmpty()) {
        return own;
      }
      manager.start();
      return renewing;
    } catch (PkiException e) {
      throw new StartException("the client certificate cannot be used: " + e.getMessage(), e);
    }
  }

  private void bootstrap(ClientBootstrap way, CertificateStore store, CertificateManager manager, AtomicReference<ClientSettings> asking,
      ClientSettings renewing) throws InterruptedException {
    if (!way.isNeeded(environment.clock())) {
      LOG.info("Current kubeconfig file contents are still valid, no bootstrap necessary");
      return;
    }
    LOG.info("Use the bootstrap credentials to request a cert, and set kubeconfig to point to the certificate dir");
    way.write(store.currentFile());
    asking.set(ClientSettings.of("kubelet", way.bootstrap().toString()));
    manager.await();
    asking.set(renewing);
  }

  /** The pair that a kubeconfig holds in itself or names as files. */
  private static Optional<KeyAndCertificate> ofKubeconfig(ClientSettings own) {
    if (!Files.isReadable(Path.of(own.kubeconfig()))) {
      return Optional.empty(); // whoever opens the client tells
    }
    Config config = Config.fromKubeconfig(Path.of(own.kubeconfig()).toFile());
    if (isSet(config.getClientCertData()) && isSet(config.getClientKeyData())) {
      List<X509Certificate> chain = PemFiles.certificates(decoded(config.getClientCertData()), own.kubeconfig());
      return Optional.of(new KeyAndCertificate(PemFiles.privateKey(decoded(config.getClientKeyData()), own.kubeconfig()), chain));
    }
    if (isSet(config.getClientCertFile()) && isSet(config.getClientKeyFile())) {
      return Optional.of(new KeyAndCertificate(PemFiles.privateKey(Path.of(config.getClientKeyFile())),
          PemFiles.certificates(Path.of(config.getClientCertFile()))));
    }
    return Optional.empty();
  }

  private static boolean isSet(String text) {
    return text != null && !text.isEmpty();
  }

  private static String decoded(String base64) {
    return new String(Base64.getDecoder().decode(base64), StandardCharsets.US_ASCII);
  }

  /** What the server proves who it is with, asked for at the API server; nothing until it is granted. @param client who asks */
  KeyManager[] serving(List<String> addresses, ClientSettings client) {
    List<InetAddress> all = addresses.stream().map(InetAddress::ofLiteral).toList();
    SigningRequest wanted = new SigningRequest("system:node:" + nodeName, List.of("system:nodes"), List.of(nodeName), all);
    CertificateManager manager = manager("server", new CertificateStore("kubelet-server", directory, environment.clock()), wanted,
        CertificateRequests.ofServers(() -> environment.clients().open(client)));
    DistributionSummary ages = DistributionSummary.builder("kubelet_certificate_manager_server_rotation_seconds")
        .serviceLevelObjectives(AGES).register(environment.metrics());
    manager.onRotation(age -> ages.record(age.toSeconds()));
    manager.start();
    return new KeyManager[] {new ChangingKey(manager)};
  }

  private CertificateManager manager(String role, CertificateStore store, SigningRequest wanted, CertificateSigner signer) {
    Counter failures = Counter.builder(role.equals("client") ? "kubelet_certificate_manager_client_expiration_renew_errors"
        : "kubelet_server_expiration_renew_errors").register(environment.metrics());
    CertificateManager manager = new CertificateManager(wanted, store, signer, environment.clock(), environment.random(), failures);
    Gauge.builder("kubelet_certificate_manager_" + role + "_ttl_seconds", manager, this::left).strongReference(true)
        .register(environment.metrics());
    managers.push(manager);
    return manager;
  }

  /** Unit: seconds; infinite without a certificate. */
  private double left(CertificateManager manager) {
    return manager.get().map(pair -> (double) Duration.between(environment.clock().now(), pair.certificate().getNotAfter().toInstant())
        .toSeconds()).orElse(Double.POSITIVE_INFINITY);
  }

  @Override
  public void close() {
    managers.forEach(CertificateManager::close);
  }
}
