package io.kubrig.machinery.component;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.kubrig.machinery.clock.Clock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Clients over the network, as a kubeconfig or the service account of the pod says. */
public final class KubeconfigClients implements ClientSource {
  /** How long a client waits for an answer: as long as a server takes at most, which gives up after a minute. */
  public static final int PATIENCE_MILLIS = 60_000;

  private static final HttpClient.Factory CONNECTIONS = new KeyFileClients(new NetworkClients());

  private final ClientSettings.Models models = new ClientSettings.Models();

  @Override
  public KubernetesClient open(ClientSettings settings) {
    return build(settings, config(settings), builder -> {});
  }

  @Override
  public KubernetesClient openAs(ClientSettings settings, Supplier<String> token) {
    return build(settings, configAs(settings, token), builder -> {});
  }

  /** A client of a configuration that is in no file. */
  public static KubernetesClient of(Config config) {
    return new KubernetesClientBuilder().withConfig(config).withHttpClientFactory(CONNECTIONS).build();
  }

  @Override
  public ClientSource sharing() {
    return new SharedConnections(this);
  }

  /** The HTTP client of a configuration. */
  static HttpClient connect(Config config) {
    return CONNECTIONS.newBuilder(config).build();
  }

  static Config config(ClientSettings settings) {
    return named(settings, new ConfigBuilder(read(settings)));
  }

  static Config configAs(ClientSettings settings, Supplier<String> token) {
    return named(settings, new ConfigBuilder(ClientSource.anonymous(read(settings))).withOauthTokenProvider(token::get));
  }

  private static Config read(ClientSettings settings) {
    return settings.kubeconfig().isEmpty() ? inCluster(settings) : fromFile(Path.of(settings.kubeconfig()));
  }

  private static Config named(ClientSettings settings, ConfigBuilder builder) {
    builder.withUserAgent(userAgent(settings.component())).withRequestTimeout(PATIENCE_MILLIS);
    builder.withOnlyHttpWatches(true); // over the connection that is there; a socket would take one of its own
    if (!settings.clientKey().isEmpty()) {
      builder.withClientCertData(null).withClientKeyData(null).withClientCertFile(settings.clientKey())
          .withClientKeyFile(settings.clientKey());
    }
    if (!settings.master().isEmpty()) {
      builder.withMasterUrl(settings.master());
    }
    return builder.build();
  }

  /** @param how what else a client is built with */
  KubernetesClient build(ClientSettings settings, Config config, Consumer<KubernetesClientBuilder> how) {
    KubernetesClientBuilder client = new KubernetesClientBuilder()
        .withConfig(config)
        .withKubernetesSerialization(models.of(settings))
        .withHttpClientFactory(CONNECTIONS);
    how.accept(client);
    return client.withHttpClientBuilderConsumer(http -> {
      if (settings.qps() > 0) {
        http.addOrReplaceInterceptor("request-rate", new RequestRate(Clock.system(), settings.qps(), Math.max(1, settings.burst())));
      }
      settings.intercept(http); // after all that may wait: what a gate lets pass is sent at once
    }).build();
  }

  /** The user agent native components send: name, version, platform. */
  public static String userAgent(String component) {
    String machine = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    return component + "/v" + KubernetesVersion.NUMBER + " (linux/" + machine + ") kubrig";
  }

  private static Config fromFile(Path file) {
    if (!Files.isReadable(file)) {
      throw new StartException("stat " + file + ": no such file or directory, or it cannot be read: name a kubeconfig with --kubeconfig");
    }
    try {
      return Config.fromKubeconfig(file.toFile());
    } catch (RuntimeException e) {
      throw new StartException("the kubeconfig " + file + " cannot be used: " + e.getMessage(), e);
    }
  }

  private static Config inCluster(ClientSettings settings) {
    boolean inPod = System.getenv("KUBERNETES_SERVICE_HOST") != null && System.getenv("KUBERNETES_SERVICE_PORT") != null;
    if (!inPod && settings.master().isEmpty()) {
      throw new StartException(
          settings.component()
              + ": no --kubeconfig was named, and this is no pod: unable to load in-cluster configuration,"
              + " KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined");
    }
    try {
      return inPod ? Config.autoConfigure(null) : Config.empty();
    } catch (KubernetesClientException e) {
      throw new StartException("the service account of the pod cannot be used: " + e.getMessage(), e);
    }
  }
}
