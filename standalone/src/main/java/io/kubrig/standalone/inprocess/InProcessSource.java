package io.kubrig.standalone.inprocess;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.kubrig.apiserver.http.Handler;
import io.kubrig.machinery.component.ClientSettings;
import io.kubrig.machinery.component.ClientSource;
import io.kubrig.machinery.component.KubeconfigClients;
import io.kubrig.machinery.component.StartException;
import io.kubrig.machinery.pki.PemFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;

/**
 * Clients of the components that run in one process with their API server. Who a component is comes from its kubeconfig, as over the network: the
 * client certificate in it is what its requests are authenticated by.
 */
public final class InProcessSource implements ClientSource {
  private final Handler handler;

  public InProcessSource(Handler handler) {
    this.handler = handler;
  }

  @Override
  public KubernetesClient open(ClientSettings settings) {
    Path file = Path.of(settings.kubeconfig());
    if (!Files.isReadable(file)) {
      throw new StartException("the kubeconfig " + file + " of " + settings.component() + " cannot be read");
    }
    Config config = Config.fromKubeconfig(file.toFile());
    Config named = new ConfigBuilder(config).withUserAgent(KubeconfigClients.userAgent(settings.component())).build();
    return new KubernetesClientBuilder().withConfig(named).withHttpClientFactory(new InProcessClients(handler, identity(config))).build();
  }

  private static List<X509Certificate> identity(Config config) {
    String data = config.getClientCertData();
    if (data == null || data.isEmpty()) {
      return List.of();
    }
    String pem = new String(Base64.getDecoder().decode(data), StandardCharsets.US_ASCII);
    return PemFiles.certificates(pem, "client-certificate-data");
  }
}
