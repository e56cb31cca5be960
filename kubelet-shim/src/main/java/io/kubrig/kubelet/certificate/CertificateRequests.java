package io.kubrig.kubelet.certificate;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestCondition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.KubernetesClientTimeoutException;
import io.kubrig.machinery.component.StartException;
import io.kubrig.machinery.pki.PemFiles;
import io.kubrig.machinery.pki.PkiException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has keys certified by a signer of the cluster, through CertificateSigningRequests. */
public final class CertificateRequests implements CertificateSigner {
  /** Who signs the certificates by which kubelets are known to the API server. */
  public static final String KUBELET_CLIENT = "kubernetes.io/kube-apiserver-client-kubelet";
  /** Who signs the certificates by which the API server knows kubelets. */
  public static final String KUBELET_SERVING = "kubernetes.io/kubelet-serving";

  private static final Logger LOG = LoggerFactory.getLogger(CertificateRequests.class);
  private static final Duration PATIENCE = Duration.ofMinutes(15);

  private final Supplier<KubernetesClient> clients;
  private final String signer;
  private final List<String> usages;

  private CertificateRequests(Supplier<KubernetesClient> clients, String signer, String usage) {
    this.clients = clients;
    this.signer = signer;
    this.usages = List.of("digital signature", usage);
  }

  /** @param clients asked for at each request; who is asked for is closed afterwards */
  public static CertificateRequests ofClients(Supplier<KubernetesClient> clients) {
    return new CertificateRequests(clients, KUBELET_CLIENT, "client auth");
  }

  /** @param clients as {@link #ofClients} */
  public static CertificateRequests ofServers(Supplier<KubernetesClient> clients) {
    return new CertificateRequests(clients, KUBELET_SERVING, "server auth");
  }

  @Override
  public List<X509Certificate> sign(String request) throws InterruptedException {
    try (KubernetesClient client = clients.get()) {
      CertificateSigningRequest made = client.certificates().v1().certificateSigningRequests().resource(wanted(request)).create();
      String name = made.getMetadata().getName();
      LOG.info("Waiting for a certificate of {} to be issued for {}", signer, name);
      CertificateSigningRequest decided = client.certificates().v1().certificateSigningRequests().withName(name)
          .waitUntilCondition(CertificateRequests::isDecided, PATIENCE.toSeconds(), TimeUnit.SECONDS);
      return certificate(decided);
    } catch (KubernetesClientTimeoutException e) {
      throw new NotSignedException("timed out waiting for the certificate request to be approved and signed", e);
    } catch (KubernetesClientException e) {
      if (e.getCause() instanceof InterruptedException) {
        throw (InterruptedException) new InterruptedException("asked to stop").initCause(e);
      }
      Object reason = e.getCode() == 0 && e.getCause() != null ? e.getCause() : e.getMessage();
      throw new NotSignedException("cannot create certificate signing request: " + reason, e);
    } catch (PkiException | StartException e) {
      throw new NotSignedException(e.getMessage(), e);
    }
  }

  private CertificateSigningRequest wanted(String request) {
    return new CertificateSigningRequestBuilder().withNewMetadata().withGenerateName("csr-").endMetadata().withNewSpec()
        .withRequest(Base64.getEncoder().encodeToString(request.getBytes(StandardCharsets.US_ASCII))).withSignerName(signer)
        .withUsages(usages).endSpec().build();
  }

  private static boolean isDecided(CertificateSigningRequest request) {
    return request != null && (has(request, "Denied").isPresent() || has(request, "Failed").isPresent()
        || has(request, "Approved").isPresent() && request.getStatus().getCertificate() != null);
  }

  private static Optional<CertificateSigningRequestCondition> has(CertificateSigningRequest request, String type) {
    return request.getStatus() == null ? Optional.empty()
        : request.getStatus().getConditions().stream().filter(condition -> condition.getType().equals(type)).findFirst();
  }

  private static List<X509Certificate> certificate(CertificateSigningRequest request) {
    String name = request.getMetadata().getName();
    has(request, "Denied").ifPresent(condition -> refused(name, "denied", condition));
    has(request, "Failed").ifPresent(condition -> refused(name, "failed", condition));
    String pem = new String(Base64.getDecoder().decode(request.getStatus().getCertificate()), StandardCharsets.US_ASCII);
    List<X509Certificate> chain = PemFiles.certificates(pem, "the certificate of " + name);
    if (chain.isEmpty()) {
      throw new PkiException("the certificate of " + name + " holds none");
    }
    return chain;
  }

  private static void refused(String name, String how, CertificateSigningRequestCondition condition) {
    throw new PkiException("certificate signing request " + name + " is " + how + ", reason: " + condition.getReason() + ", message: "
        + condition.getMessage());
  }
}
