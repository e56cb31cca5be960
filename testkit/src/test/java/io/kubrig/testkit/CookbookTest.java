package io.kubrig.testkit;

import static io.kubrig.testkit.assertion.KubrigAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.admission.v1.AdmissionResponseBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.kubrig.testkit.operator.TestOperator;
import io.kubrig.testkit.operator.Widget;
import io.kubrig.testkit.operator.WidgetReconciler;
import io.kubrig.testkit.traffic.CallPattern;
import io.kubrig.testkit.traffic.Fault;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The recipes of docs/testkit.md, in their order and under their numbers. */
@KubrigTest(virtualTime = true, nodes = 2, crds = Widget.class, manifests = "testkit/reader.yaml", isolation = KubrigTest.Isolation.METHOD)
class CookbookTest {
  KubrigCluster cluster;
  KubernetesClient client;

  @Test
  void recipe_01_apply_as_production_does() {
    ConfigMap applied = client.resource(Samples.config("a", "1")).fieldManager("me").serverSideApply();
    assertThat(applied).hasField("data.k", "me");
    assertThatThrownBy(() -> client.resource(Samples.config("a", "2")).fieldManager("you").serverSideApply())
        .isInstanceOfSatisfying(KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(409));
  }

  @Test
  void recipe_02_run_an_operator() throws Exception {
    TestOperator operator = cluster.operator();
    operator.register(new WidgetReconciler());
    operator.start();
    client.resource(widget("w")).create();
    cluster.settle();
    assertThat(client.configMaps().inNamespace("default").withName("w").get().getData()).containsEntry("size", "3");
  }

  @Test
  void recipe_03_a_reconciler_is_idempotent() throws Exception {
    TestOperator operator = cluster.operator(cluster.clientFor("my-operator", "system:masters"), settings -> {});
    operator.register(new WidgetReconciler());
    operator.start();
    client.resource(widget("w")).create();
    cluster.settle();
    assertThat(cluster).makesNo(CallPattern.writes().resource("widgets/status").by("my-operator"),
        () -> cluster.advance(Duration.ofHours(2)));
  }

  @Test
  void recipe_04_a_role_is_sufficient_and_minimal() {
    try (KubernetesClient alice = cluster.clientFor("alice")) {
      alice.configMaps().inNamespace("default").list();
    }
    assertThat(cluster).neverForbade("alice");
    var rules = client.rbac().roles().inNamespace("default").withName("reader").get().getRules();
    assertThatThrownBy(() -> assertThat(cluster).usedAllOf(rules, "alice")).hasMessageContaining("watch configmaps");
  }

  @Test
  void recipe_05_what_a_user_may_do() {
    assertThat(cluster).allows("alice", "list", "configmaps", "default").denies("alice", "delete", "pods", "default");
  }

  @Test
  void recipe_06_pods_that_end_or_fail() throws Exception {
    client.resource(Samples.job("doomed", "30s", 1)).create();
    cluster.advance(Duration.ofSeconds(31));
    Pod pod = client.pods().inNamespace("default").withLabel("app", "doomed").list().getItems().getFirst();
    assertThat(pod.getStatus().getPhase()).isEqualTo("Failed");
  }

  @Test
  void recipe_07_a_stale_cache() throws Exception {
    try (SharedIndexInformer<ConfigMap> cache = client.configMaps().inNamespace("default").inform()) {
      cluster.settle();
      int before = cache.getStore().list().size();
      try (var held = cluster.faults().hold(CallPattern.calls().resource("configmaps").by("kubernetes-admin"))) {
        client.resource(Samples.config("a", "1")).create();
        cluster.settle();
        assertThat(cache.getStore().list()).hasSize(before);
      }
      cluster.settle();
      assertThat(cache.getStore().list()).hasSize(before + 1);
    }
  }

  @Test
  void recipe_08_a_conflict() {
    client.resource(Samples.config("a", "1")).create();
    cluster.faults().next(1, CallPattern.calls().verb("update").resource("configmaps"), Fault.conflict());
    assertThatThrownBy(() -> client.resource(Samples.config("a", "2")).update()).hasMessageContaining("modified");
    assertThat(client.resource(Samples.config("a", "2")).update().getData()).containsEntry("k", "2");
  }

  @Test
  void recipe_09_many_faults_from_seeds() throws Exception {
    FaultSweep.of(cluster).calls(CallPattern.writes().by("my-operator")).share(0.2).seeds(1, 2).check(fork -> {
      TestOperator operator = fork.operator(fork.clientFor("my-operator", "system:masters"), settings -> {});
      operator.register(new WidgetReconciler());
      operator.start();
      fork.client().resource(widget("w")).create();
      fork.advance(Duration.ofHours(1));
      assertThat(fork.client().configMaps().inNamespace("default").withName("w").get()).isNotNull();
    });
  }

  @Test
  void recipe_10_a_node_falls_silent() throws Exception {
    Fault refused = new Fault.Refused(403, "Forbidden", "silenced");
    cluster.faults().always(CallPattern.calls().by("simulated-nodes").name("simulated-0"), refused);
    cluster.advance(Duration.ofMinutes(2));
    assertThat(client.nodes().withName("simulated-0").get()).hasCondition("Ready", "Unknown");
  }

  @Test
  void recipe_11_prepare_once_and_fork() throws Exception {
    client.resource(Samples.config("shared", "1")).create();
    try (KubrigCluster fork = cluster.fork(KubrigCluster.builder().apiServerOnly())) {
      fork.client().resource(Samples.config("shared", "1")).delete();
      assertThat(client.resource(Samples.config("shared", "1")).get()).isNotNull();
    }
  }

  @Test
  void recipe_12_namespaces_finish_deleting() throws Exception {
    Namespace team = new NamespaceBuilder().withNewMetadata().withName("team").endMetadata().build();
    client.resource(team).create();
    cluster.settle();
    client.resource(team).delete();
    cluster.advance(Duration.ofSeconds(30));
    assertThat(client.resource(team).get()).isNull();
  }

  @Test
  void recipe_13_another_client() {
    Config config = Config.fromKubeconfig(cluster.kubeconfigFor("alice"));
    try (KubernetesClient outside = new KubernetesClientBuilder().withConfig(config).build()) {
      assertThat(outside.configMaps().inNamespace("default").list()).isNotNull();
    }
  }

  @Test
  void recipe_14_events_and_conditions() throws Exception {
    var job = client.resource(Samples.job("once", "10s", 0)).create();
    cluster.advance(Duration.ofSeconds(20));
    assertThat(client.resource(job).get()).hasCondition("Complete", "True");
    assertThat(cluster).hasEvent("Completed", job);
  }

  @Test
  void recipe_15_why_did_it_fail() {
    client.resource(Samples.config("a", "1")).create();
    client.resource(Samples.config("a", "2")).update();
    assertThat(cluster.traffic().report(40)).contains("data.k: 1 → 2");
    assertThat(cluster.traffic().calls(CallPattern.writes().by("kubernetes-admin").verb("update"))).hasSize(1);
  }

  @Test
  void recipe_16_webhooks_of_the_code_under_test() {
    cluster.webhooks()
        .admission("/mutate", request -> new AdmissionResponseBuilder().withAllowed(true).build())
        .admission("/validate", request -> new AdmissionResponseBuilder().withAllowed(!request.getName().equals("bad")).build());
    cluster.apply("testkit/webhooks.yaml");
    assertThatThrownBy(() -> client.resource(Samples.config("bad", "1")).create()).hasMessageContaining("denied the request");
  }

  @Test
  void recipe_17_logs_and_commands_of_pods() throws Exception {
    cluster.settle();
    client.resource(Samples.pod("web")).create();
    cluster.settle();
    cluster.containers().pod("default", "web").logs("GET / 200").onExec(call -> {
      call.print("you said " + call.line());
      return 0;
    });
    assertThat(client.pods().inNamespace("default").withName("web").getLog()).isEqualTo("GET / 200\n");
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    try (ExecWatch exec = client.pods().inNamespace("default").withName("web").writingOutput(said).exec("date")) {
      assertThat(exec.exitCode().get()).isZero();
    }
    assertThat(said).hasToString("you said date\n");
  }

  private static Widget widget(String name) {
    Widget widget = new Widget();
    widget.setMetadata(new ObjectMetaBuilder().withName(name).withNamespace("default").build());
    widget.setSpec(new Widget.Spec());
    return widget;
  }
}
