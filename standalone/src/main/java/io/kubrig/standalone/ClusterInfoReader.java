package io.kubrig.standalone;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kubrig.machinery.component.KubeconfigClients;
import io.kubrig.machinery.component.StartException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/** Reads where a cluster is from its API server, as anybody may. */
final class ClusterInfoReader {
  private static final int PATIENCE_MILLIS = 10_000;

  private ClusterInfoReader() {}

  /** @see io.kubrig.standalone.kubeadm.Discovery.Source#read */
  static Map<String, String> read(String endpoint, Optional<String> authority) {
    ConfigBuilder config = new ConfigBuilder(Config.empty()).withMasterUrl("https://" + endpoint).withRequestRetryBackoffLimit(0)
        .withRequestTimeout(PATIENCE_MILLIS).withConnectionTimeout(PATIENCE_MILLIS);
    authority.ifPresentOrElse(
        pem -> config.withCaCertData(Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII))),
        () -> config.withTrustCerts(true).withDisableHostnameVerification(true));
    try (KubernetesClient client = KubeconfigClients.of(config.build())) {
      ConfigMap map = client.configMaps().inNamespace("kube-public").withName("cluster-info").get();
      if (map == null) {
        throw new StartException("configmaps \"cluster-info\" not found");
      }
      return map.getData() == null ? Map.of() : map.getData();
    } catch (KubernetesClientException e) {
      throw new StartException(e.getCause() == null ? e.getMessage() : String.valueOf(e.getCause().getMessage()), e);
    }
  }
}
