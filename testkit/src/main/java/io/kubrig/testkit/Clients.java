package io.kubrig.testkit;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.kubrig.apiserver.http.Handler;
import io.kubrig.machinery.clock.ActiveExecutor;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.component.ClientSettings;
import io.kubrig.machinery.component.ClientSource;
import io.kubrig.machinery.component.KubeconfigClients;
import io.kubrig.standalone.inprocess.InProcessClients;
import io.kubrig.testkit.traffic.Traffic;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** Makes the clients of a cluster: those of its parts and those of tests. None of them reads a file or a variable of the environment. */
final class Clients implements ClientSource, AutoCloseable {
  private static final int RECONNECT_MILLIS = 5;
  private static final String ACCOUNT = "system:serviceaccount:";

  private final Handler server;
  private final Traffic traffic;
  private final Rest rest;
  private final Clock clock;
  private final JvmKeys keys;
  private final ExecutorService tasks;

  /** The models are looked through once, not once for each client. Loaded beside the first server. */
  private static final class Models {
    static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();
  }

  Clients(Handler server, TestTime time, Traffic traffic, JvmKeys keys) {
    this.server = server;
    this.traffic = traffic;
    this.rest = time.rest();
    this.clock = time.clock();
    this.keys = keys;
    ExecutorService threads = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("client-", 0).factory());
    this.tasks = new ActiveExecutor(threads, clock.activity(), "client");
  }

  /** Loads what clients need, as long as something else keeps the other processors from being idle. */
  static void warmUp() {
    Thread.ofPlatform().daemon().name("client-models").start(() -> {
      Models.SERIALIZATION.unmarshal("{\"apiVersion\":\"v1\",\"kind\":\"Namespace\"}");
      config("warm-up");
    });
  }

  private static Config config(String agent) {
    return new ConfigBuilder(Config.empty())
        .withMasterUrl("https://kubrig.invalid")
        .withNamespace("default")
        .withUserAgent(agent)
        .withWatchReconnectInterval(RECONNECT_MILLIS)
        .build();
  }

  /** A client of a user. */
  KubernetesClient of(String user, String... groups) {
    return client(config("test"), List.of(keys.identity(user, groups(user, groups)).certificate()),
        traffic.observing(user, server, rest::toldOutside));
  }

  /** The client of all simulated nodes. */
  KubernetesClient ofNodes() {
    List<X509Certificate> identity = List.of(keys.identity("kubernetes-admin", "system:masters").certificate());
    return client(config("simulated-nodes"), identity, traffic.observing("simulated-nodes", server, () -> {}));
  }

  private static String[] groups(String user, String... given) {
    if (given.length > 0 || !user.startsWith(ACCOUNT)) {
      return given;
    }
    String namespace = user.substring(ACCOUNT.length()).split(":")[0];
    return new String[] {"system:serviceaccounts", "system:serviceaccounts:" + namespace};
  }

  /** Components act as the native users of the same name. */
  @Override
  public KubernetesClient open(ClientSettings settings) {
    X509Certificate identity =
        settings.component().contains("scheduler")
            ? keys.identity("system:kube-scheduler").certificate()
            : keys.identity("system:kube-controller-manager", "system:masters").certificate();
    return client(config(KubeconfigClients.userAgent(settings.component())), List.of(identity), part(settings));
  }

  @Override
  public KubernetesClient openAs(ClientSettings settings, Supplier<String> token) {
    Config config = config(KubeconfigClients.userAgent(settings.component()));
    return client(new ConfigBuilder(config).withOauthTokenProvider(token::get).build(), List.of(), part(settings));
  }

  private Handler part(ClientSettings settings) {
    return traffic.observing(settings.component(), server, () -> {});
  }

  private KubernetesClient client(Config config, List<X509Certificate> identity, Handler handler) {
    return new KubernetesClientBuilder()
        .withConfig(config)
        .withKubernetesSerialization(Models.SERIALIZATION)
        .withTaskExecutor(tasks)
        .withHttpClientFactory(new InProcessClients(handler, identity, clock.activity()))
        .build();
  }

  @Override
  public void close() {
    tasks.shutdown();
  }
}
