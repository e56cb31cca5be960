package io.kubrig.apiserver.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.apiserver.storage.AtRest;
import io.kubrig.apiserver.storage.etcd.EtcdMetrics;
import io.kubrig.apiserver.storage.etcd.EtcdProcess;
import io.kubrig.apiserver.storage.etcd.EtcdSettings;
import io.kubrig.apiserver.storage.etcd.EtcdStorage;
import io.kubrig.apiserver.storage.etcd.EtcdValues;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.metrics.KubernetesRegistry;
import io.kubrig.machinery.tree.Tree;
import io.kubrig.schemas.KubernetesSchemas;
import io.micrometer.core.instrument.Tags;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two servers on one etcd. */
class SharedEtcdTest {
  private static final String SERVICES = "/api/v1/namespaces/default/services";
  private static final String ENDPOINTS = "/api/v1/namespaces/default/endpoints/kubernetes";

  private static final KubernetesRegistry METRICS_READ = new KubernetesRegistry();
  private static final EtcdMetrics METRICS =
      new EtcdMetrics(METRICS_READ, Clock.system(), key -> Tags.of("group", "", "resource", "any"));

  @TempDir Path directory;
  private EtcdProcess etcd;
  private LiveApi one;
  private LiveApi two;

  @BeforeEach
  void start() throws IOException, InterruptedException {
    etcd = EtcdProcess.start(directory);
    one = new LiveApi(storage(), "10.0.0.1:6443");
    two = new LiveApi(storage(), "10.0.0.2:6443");
  }

  private EtcdStorage storage() throws IOException {
    EtcdSettings settings =
        new EtcdSettings(
            EtcdSettings.servers(List.of(etcd.url())), "/registry", Optional.empty(), Optional.empty(), Optional.empty(), Duration.ZERO,
            Duration.ofSeconds(2), Duration.ofSeconds(60));
    return EtcdStorage.open(settings, new EtcdValues(KubernetesSchemas.load(), EtcdValues.Encoding.PROTOBUF), AtRest.PLAIN,
        Clock.system(), METRICS);
  }

  @AfterEach
  void stop() throws IOException, InterruptedException {
    for (LiveApi api : new LiveApi[] {one, two}) {
      if (api != null) {
        api.close();
        api.storage().close();
      }
    }
    if (etcd != null) {
      etcd.close();
    }
  }

  private static String service(String name) {
    return "{metadata: {name: " + name + "}, spec: {type: NodePort, ports: [{port: 80}]}}";
  }

  @Test
  void both_give_out_node_ports_at_once_and_never_the_same() throws Exception {
    List<Callable<Long>> creations = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      LiveApi api = i % 2 == 0 ? one : two;
      String name = "s" + i;
      creations.add(() -> api.create(SERVICES, service(name)).tree("spec").trees("ports").getFirst().integer("nodePort"));
    }
    List<Long> ports = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var done : threads.invokeAll(creations)) {
        ports.add(done.get());
      }
    }
    assertThat(new HashSet<>(ports)).hasSize(20);
  }

  @Test
  void a_port_that_one_gave_is_refused_by_the_other_until_it_is_given_back() throws Exception {
    String fixed = "{metadata: {name: NAME}, spec: {type: NodePort, ports: [{port: 80, nodePort: 31000}]}}";
    one.create(SERVICES, fixed.replace("NAME", "a"));
    assertThat(two.post(SERVICES, fixed.replace("NAME", "b")).message()).contains("31000: provided port is already allocated");
    assertThat(two.send("DELETE", SERVICES + "/a", "").status()).isEqualTo(200);
    one.create(SERVICES, fixed.replace("NAME", "b"));
  }

  @Test
  void the_service_kubernetes_has_both_as_endpoints_as_long_as_they_live() throws Exception {
    one.announce(new Peer("host-1", "10.0.0.1", 6443));
    two.announce(new Peer("host-2", "10.0.0.2", 6443));
    assertThat(addresses(one.get(ENDPOINTS).body())).containsExactly("10.0.0.1", "10.0.0.2");
    Tree slice = two.get("/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes").body();
    assertThat(slice.trees("endpoints")).extracting(endpoint -> endpoint.strings("addresses").getFirst())
        .containsExactly("10.0.0.1", "10.0.0.2");
    List<Tree> leases =
        one.get("/apis/coordination.k8s.io/v1/namespaces/kube-system/leases?labelSelector=apiserver.kubernetes.io/identity=kube-apiserver")
            .body().trees("items");
    assertThat(leases).extracting(lease -> lease.tree("metadata").string("name"))
        .containsExactlyInAnyOrder(new Peer("host-1", "", 0).identity(), new Peer("host-2", "", 0).identity());
    one.close();
    one.storage().close();
    one = null;
    assertThat(addresses(two.get(ENDPOINTS).body())).containsExactly("10.0.0.2");
  }

  private static List<String> addresses(Tree endpoints) {
    return endpoints.trees("subsets").getFirst().trees("addresses").stream().map(address -> address.string("ip")).toList();
  }

  @Test
  void what_is_stored_and_asked_is_counted() throws Exception {
    one.create("/api/v1/namespaces/default/configmaps", "{metadata: {name: c}}");
    String metrics = two.get("/metrics").text();
    assertThat(metrics).containsPattern("apiserver_storage_objects\\{resource=\"configmaps\",?\\} [1-9]");
    assertThat(metrics).containsPattern("apiserver_resource_objects\\{group=\"apps\",resource=\"deployments\",?\\} 0");
    assertThat(metrics).containsPattern("apiserver_storage_size_bytes\\{storage_cluster_id=\"etcd-0\",?\\} [1-9]");
    assertThat(METRICS_READ.scrape()).contains("etcd_requests_total{group=\"\",operation=\"create\",resource=\"any\"}")
        .contains("apiserver_storage_events_received_total").contains("etcd_request_duration_seconds_bucket");
  }

  @Test
  void an_object_that_one_writes_is_seen_and_changed_by_the_other() throws Exception {
    Tree made = one.create("/api/v1/namespaces/default/configmaps", "{metadata: {name: c}, data: {a: '1'}}");
    String path = "/api/v1/namespaces/default/configmaps/c";
    Tree seen = two.get(path).body();
    assertThat(seen).isEqualTo(made);
    two.send("PATCH", path, "{data: {a: '2'}}");
    assertThat(one.get(path).body().tree("data").string("a")).isEqualTo("2");
  }
}
