package io.kubrig.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import io.fabric8.kubernetes.client.internal.SSLUtils;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;

/** What a mock cannot do, third part: watching, through the process and through a port. */
@KubrigTest(controllers = false, scheduler = false, nodes = 0)
class WatchTest {
  private static final int PATIENCE = 30;
  KubrigCluster cluster;

  @Test
  void a_watch_over_a_web_socket_resumes_where_another_ended(KubernetesClient client) throws Exception {
    String start = client.configMaps().inNamespace("default").list().getMetadata().getResourceVersion();
    client.resource(Samples.config("first", "1")).create();
    client.resource(Samples.config("second", "1")).create();
    BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    try (Watch watch = client.configMaps().inNamespace("default").withResourceVersion(start).watch(into(seen))) {
      assertThat(seen.poll(PATIENCE, TimeUnit.SECONDS)).isEqualTo("ADDED first");
      assertThat(seen.poll(PATIENCE, TimeUnit.SECONDS)).isEqualTo("ADDED second");
      client.resource(Samples.config("second", "1")).delete();
      assertThat(seen.poll(PATIENCE, TimeUnit.SECONDS)).isEqualTo("DELETED second");
    }
  }

  @Test
  void a_kubeconfig_leads_other_clients_through_a_port(KubernetesClient client) throws Exception {
    Config config = Config.fromKubeconfig(cluster.kubeconfig());
    try (KubernetesClient outside = new KubernetesClientBuilder().withConfig(config).build()) {
      BlockingQueue<String> seen = new LinkedBlockingQueue<>();
      try (Watch watch = outside.configMaps().inNamespace("default").withName("through").watch(into(seen))) {
        client.resource(Samples.config("through", "1")).create();
        assertThat(seen.poll(PATIENCE, TimeUnit.SECONDS)).isEqualTo("ADDED through");
      }
    }
  }

  @Test
  void a_watch_over_plain_http_begins_with_what_there_is_and_a_bookmark(KubernetesClient client) throws Exception {
    client.resource(Samples.config("there", "1")).create();
    Config config = Config.fromKubeconfig(cluster.kubeconfig());
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(SSLUtils.keyManagers(config), SSLUtils.trustManagers(config), null);
    URI uri =
        URI.create(
            config.getMasterUrl()
                + "api/v1/namespaces/default/configmaps?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true"
                + "&fieldSelector=metadata.name%3Dthere&timeoutSeconds=30");
    try (HttpClient http = HttpClient.newBuilder().sslContext(tls).build()) {
      HttpResponse<InputStream> answer = http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofInputStream());
      try (BufferedReader lines = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
        assertThat(lines.readLine()).contains("\"ADDED\"").contains("\"there\"");
        assertThat(lines.readLine()).contains("\"BOOKMARK\"").contains("k8s.io/initial-events-end");
      }
      http.shutdownNow();
    }
  }

  @Test
  void one_leader_is_elected_by_a_lease(KubernetesClient client) throws Exception {
    CountDownLatch leads = new CountDownLatch(1);
    var elector =
        client
            .leaderElector()
            .withConfig(
                new LeaderElectionConfigBuilder()
                    .withName("election")
                    .withLeaseDuration(Duration.ofSeconds(15))
                    .withRenewDeadline(Duration.ofSeconds(10))
                    .withRetryPeriod(Duration.ofSeconds(2))
                    .withLock(new LeaseLock("default", "operator", "me"))
                    .withLeaderCallbacks(new LeaderCallbacks(leads::countDown, () -> {}, leader -> {}))
                    .build())
            .build();
    var running = elector.start();
    assertThat(leads.await(PATIENCE, TimeUnit.SECONDS)).isTrue();
    assertThat(client.leases().inNamespace("default").withName("operator").get().getSpec().getHolderIdentity()).isEqualTo("me");
    running.cancel(true);
  }

  private static Watcher<ConfigMap> into(BlockingQueue<String> seen) {
    return new Watcher<>() {
      @Override
      public void eventReceived(Action action, ConfigMap config) {
        seen.add(action + " " + config.getMetadata().getName());
      }

      @Override
      public void onClose(WatcherException cause) {
        // the test ends it
      }
    };
  }
}
