package io.kubrig.testkit;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.kubrig.apiserver.authn.UserInfo;
import io.kubrig.apiserver.http.Handler;
import io.kubrig.machinery.clock.ActiveExecutor;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.component.ClientSettings;
import io.kubrig.machinery.component.ClientSource;
import io.kubrig.machinery.component.KubeconfigClients;
import io.kubrig.machinery.models.ModelSerialization;
import io.kubrig.standalone.inprocess.InProcessClients;
import io.kubrig.testkit.traffic.Traffic;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** Makes the clients of a cluster: those of its parts and those of tests. None of them reads a file or a variable of the environment. */
final class Clients implements ClientSource, AutoCloseable {
  private static final int RECONNECT_MILLIS = 5;
  private static final int PATIENCE_MILLIS = 60_000; // nothing gets lost on the way: a late answer means a busy machine
  private static final String ACCOUNT = "system:serviceaccount:";

  private final Handler server;
  private final Traffic traffic;
  private final Rest rest;
  private final Clock clock;
  private final ExecutorService tasks;

  /** Shared by all clients. Loaded beside the first server. */
  private static final class Models {
    static final KubernetesSerialization SERIALIZATION = new ModelSerialization();
  }

  Clients(Handler server, TestTime time, Traffic traffic) {
    this.server = server;
    this.traffic = traffic;
    this.rest = time.rest();
    this.clock = time.clock();
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
        .withRequestTimeout(PATIENCE_MILLIS)
        .build();
  }

  /** A client of a user. */
  KubernetesClient of(String user, String... groups) {
    return client(config("test"), traffic.observing(user, Callers.as(UserInfo.of(user, groups(user, groups)), server), rest::toldOutside));
  }

  /** The client of all simulated nodes. */
  KubernetesClient ofNodes() {
    return client(config("simulated-nodes"), part(UserInfo.of("kubernetes-admin", "system:masters"), "simulated-nodes"));
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
    UserInfo user =
        settings.component().contains("scheduler")
            ? UserInfo.of("system:kube-scheduler")
            : UserInfo.of("system:kube-controller-manager", "system:masters");
    return client(config(KubeconfigClients.userAgent(settings.component())), part(user, settings.component()), settings);
  }

  @Override
  public KubernetesClient openAs(ClientSettings settings, Supplier<String> token) {
    Config config = config(KubeconfigClients.userAgent(settings.component()));
    return client(new ConfigBuilder(config).withOauthTokenProvider(token::get).build(),
        traffic.observingPart(settings.component(), server), settings);
  }

  @Override
  public boolean watchLists() {
    return false;
  }

  /**
   * The server, called by a part of the cluster in a user's name.
   *
   * @param client the name under which the calls are seen
   */
  private Handler part(UserInfo user, String client) {
    return traffic.observingPart(client, Callers.as(user, server));
  }

  private KubernetesClient client(Config config, Handler handler) {
    return client(config, handler, ClientSettings.of("", ""));
  }

  private KubernetesClient client(Config config, Handler handler, ClientSettings settings) {
    return new KubernetesClientBuilder()
        .withConfig(config)
        .withKubernetesSerialization(Models.SERIALIZATION)
        .withTaskExecutor(tasks)
        .withHttpClientFactory(new InProcessClients(handler, List.of(), clock.activity()))
        .withHttpClientBuilderConsumer(settings::intercept)
        .build();
  }

  @Override
  public void close() {
    tasks.shutdown();
  }
}
