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
import java.util.function.Supplier;

/**
 * Clients of the components that run in one process with their API server. Who a component is comes from its kubeconfig, as over the
 * network: the client certificate in it is what its requests are authenticated by.
 */
public final class InProcessSource implements ClientSource {
  private final Handler handler;
  private final ClientSettings.Models models = new ClientSettings.Models();

  public InProcessSource(Handler handler) {
    this.handler = handler;
  }

  @Override
  public KubernetesClient open(ClientSettings settings) {
    Config config = read(settings);
    return client(settings, named(config, settings).build(), identity(config));
  }

  @Override
  public KubernetesClient openAs(ClientSettings settings, Supplier<String> token) {
    return client(settings, named(ClientSource.anonymous(read(settings)), settings).withOauthTokenProvider(token::get).build(), List.of());
  }

  private static Config read(ClientSettings settings) {
    Path file = Path.of(settings.kubeconfig());
    if (!Files.isReadable(file)) {
      throw new StartException("the kubeconfig " + file + " of " + settings.component() + " cannot be read");
    }
    return Config.fromKubeconfig(file.toFile());
  }

  private static ConfigBuilder named(Config config, ClientSettings settings) {
    return new ConfigBuilder(config)
        .withUserAgent(KubeconfigClients.userAgent(settings.component()))
        .withRequestTimeout(KubeconfigClients.PATIENCE_MILLIS);
  }

  private KubernetesClient client(ClientSettings settings, Config config, List<X509Certificate> identity) {
    return new KubernetesClientBuilder()
        .withConfig(config)
        .withKubernetesSerialization(models.of(settings))
        .withHttpClientFactory(new InProcessClients(handler, identity))
        .withHttpClientBuilderConsumer(settings::intercept)
        .build();
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
