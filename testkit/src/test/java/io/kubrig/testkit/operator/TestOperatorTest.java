package io.kubrig.testkit.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.kubrig.testkit.KubrigCluster;
import io.kubrig.testkit.KubrigTest;
import io.kubrig.testkit.assertion.KubrigAssertions;
import io.kubrig.testkit.traffic.CallPattern;
import io.kubrig.testkit.traffic.Fault;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An operator of the Java Operator SDK, unchanged, in virtual time. */
@KubrigTest(
    virtualTime = true,
    onlyControllers = "garbage-collector-controller",
    scheduler = false,
    nodes = 0,
    manifests = "testkit/widgets.yaml",
    isolation = KubrigTest.Isolation.METHOD)
class TestOperatorTest {
  private final WidgetReconciler reconciler = new WidgetReconciler();
  KubrigCluster cluster;
  KubernetesClient client;

  @BeforeEach
  void start() throws InterruptedException {
    TestOperator operator = cluster.operator();
    operator.register(reconciler);
    operator.start();
    cluster.settle();
  }

  @Test
  void reconciles_until_the_cluster_has_settled() throws Exception {
    client.resource(widget("green")).create();
    cluster.settle();
    ConfigMap made = client.configMaps().inNamespace("default").withName("w").get();
    KubrigAssertions.assertThat(made).hasField("data.size", "widgets").isOwnedBy(client.resource(widget("green")).get());
    assertThat(client.resource(widget("green")).get().getStatus().ready).isTrue();
  }

  @Test
  void a_reconciler_with_nothing_to_do_writes_nothing() throws Exception {
    client.resource(widget("green")).create();
    cluster.settle();
    int runs = reconciler.runs.get();
    KubrigAssertions.assertThat(cluster)
        .makesNo(CallPattern.writes().resource("widgets/status"), () -> cluster.advance(Duration.ofMinutes(61)));
    assertThat(reconciler.runs).hasValue(runs + 1);
  }

  @Test
  void retries_wait_for_their_back_off_in_virtual_time() throws Exception {
    client.resource(widget("red")).create();
    cluster.settle();
    assertThat(reconciler.runs).hasValueLessThanOrEqualTo(2); // the finalizer's own event may bring a run of its own
    assertThat(client.configMaps().inNamespace("default").withName("w").get()).isNull();
    cluster.advance(Duration.ofMinutes(4));
    assertThat(client.resource(widget("red")).get().getStatus().ready).isTrue();
  }

  @Test
  void a_conflict_is_survived() throws Exception {
    cluster.faults().next(1, CallPattern.calls().verb("patch").resource("configmaps"), Fault.conflict());
    client.resource(widget("green")).create();
    cluster.advance(Duration.ofMinutes(2));
    assertThat(client.resource(widget("green")).get().getStatus().ready).isTrue();
  }

  @Test
  void what_the_operator_owns_goes_with_its_owner() throws Exception {
    client.resource(widget("green")).create();
    cluster.settle();
    client.resource(widget("green")).delete();
    cluster.settle();
    assertThat(reconciler.cleanups).hasValue(1);
    assertThat(client.resource(widget("green")).get()).isNull();
    assertThat(client.configMaps().inNamespace("default").withName("w").get()).isNull();
  }

  private static Widget widget(String color) {
    Widget widget = new Widget();
    widget.setMetadata(new ObjectMetaBuilder().withName("w").withNamespace("default").build());
    widget.setSpec(new Widget.Spec());
    widget.getSpec().color = color;
    return widget;
  }
}
