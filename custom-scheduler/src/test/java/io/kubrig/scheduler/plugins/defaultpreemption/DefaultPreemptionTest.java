package io.kubrig.scheduler.plugins.defaultpreemption;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.kubrig.scheduler.config.SchedulerConfiguration;
import io.kubrig.scheduler.cycle.TestScheduler;
import io.kubrig.scheduler.metrics.SchedulerMetrics;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class DefaultPreemptionTest {
  private final List<String> counted = new CopyOnWriteArrayList<>();
  private final TestScheduler t = new TestScheduler(SchedulerConfiguration.standard(), new SchedulerMetrics() {
    @Override
    public void preempted(int victims) {
      counted.add("victims " + victims);
    }

    @Override
    public void preemptionTried() {
      counted.add("attempt");
    }
  });

  private void bound(String name, int cpu, int priority) {
    t.pod(name, cpu, ", nodeName: n1, priority: " + priority);
  }

  private boolean isTerminating(String name) {
    return t.pod(name) == null || t.pod(name).getMetadata().getDeletionTimestamp() != null;
  }

  /** Plays the kubelet: removes what terminates. */
  private void finish(String name) {
    t.cluster().delete(t.pod(name), 0L);
  }

  @Test
  void evicts_the_least_important_pods_that_make_room_and_then_takes_the_node() throws InterruptedException {
    t.node("n1", 3);
    bound("small", 1, 1);
    bound("smaller", 1, 0);
    bound("great", 1, 50);
    t.pod("p", 1, ", priority: 100");
    t.until(() -> isTerminating("smaller"), () -> t.message("p"));
    assertThat(t.pod("smaller").getStatus().getConditions()).anySatisfy(c -> {
      assertThat(c.getType()).isEqualTo("DisruptionTarget");
      assertThat(c.getReason()).isEqualTo("PreemptionByScheduler");
      assertThat(c.getMessage()).isEqualTo("default-scheduler: preempting to accommodate a higher priority pod");
    });
    t.until(() -> "n1".equals(t.pod("p").getStatus().getNominatedNodeName()), () -> t.message("p"));
    t.until(() -> !t.events("smaller").isEmpty(), () -> "no event");
    assertThat(t.events("smaller")).containsExactly("Preempted: Preempted by pod " + t.pod("p").getMetadata().getUid() + " on node n1");
    assertThat(counted).startsWith("attempt", "victims 1");
    finish("smaller");
    t.untilOn(Map.of("p", "n1"));
    assertThat(List.of("small", "great")).noneMatch(this::isTerminating);
  }

  @Test
  void spares_pods_that_a_budget_protects_when_others_will_do() throws InterruptedException {
    t.node("n1", 2);
    t.create("{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: b}, spec: {selector: {matchLabels: {app: protected}}},"
        + " status: {disruptionsAllowed: 0}}");
    bound("protected", 1, 0);
    bound("open", 1, 5);
    t.pod("p", 1, ", priority: 100");
    t.until(() -> isTerminating("open"), () -> t.message("p"));
    assertThat(isTerminating("protected")).isFalse();
  }

  @Test
  void violates_a_budget_when_there_is_no_other_way() throws InterruptedException {
    t.node("n1", 1);
    t.create("{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: b}, spec: {selector: {matchLabels: {app: protected}}},"
        + " status: {disruptionsAllowed: 0}}");
    bound("protected", 1, 0);
    t.pod("p", 1, ", priority: 100");
    t.until(() -> isTerminating("protected"), () -> t.message("p"));
  }

  @Test
  void does_not_evict_pods_as_important_as_the_new_one() throws InterruptedException {
    t.node("n1", 1);
    bound("a", 1, 7);
    t.pod("p", 1, ", priority: 7");
    t.untilMessage("p", "0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes are available: "
        + "1 No preemption victims found for incoming pod.");
    assertThat(counted).containsExactly("attempt");
  }

  @Test
  void pods_that_never_preempt_wait() throws InterruptedException {
    t.node("n1", 1);
    bound("a", 1, 0);
    t.pod("p", 1, ", priority: 7, preemptionPolicy: Never");
    t.untilMessage("p", "0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: not eligible due to "
        + "preemptionPolicy=Never.");
  }

  @Test
  void does_not_evict_more_while_victims_are_still_terminating() throws InterruptedException {
    t.node("n1", 2);
    bound("a", 1, 0);
    bound("b", 1, 1);
    t.pod("p", 1, ", priority: 100");
    t.until(() -> isTerminating("a") && "n1".equals(t.pod("p").getStatus().getNominatedNodeName()), () -> t.message("p"));
    t.create("{apiVersion: v1, kind: Node, metadata: {name: n2}, spec: {unschedulable: true}, status: {allocatable: {cpu: 1, memory: "
        + "8Gi, pods: 110}}}");
    t.until(() -> t.message("p").contains("0/2 nodes"), () -> t.message("p"));
    assertThat(t.message("p")).endsWith("preemption: not eligible due to a terminating pod on the nominated node.");
    Pod b = t.pod("b");
    assertThat(b.getMetadata().getDeletionTimestamp()).isNull();
  }

  @Test
  void calls_back_a_pod_that_waits_for_its_volume_instead_of_deleting_it() throws InterruptedException {
    t.node("n1", 1);
    t.create("{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: slow}, provisioner: example.com/disk,"
        + " volumeBindingMode: WaitForFirstConsumer}");
    t.create("{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: c}, spec: {storageClassName: slow,"
        + " accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}");
    t.pod("waits", 1, ", priority: 1, volumes: [{name: v, persistentVolumeClaim: {claimName: c}}]");
    t.until(() -> "n1".equals(t.pod("waits").getStatus().getNominatedNodeName()), () -> t.message("waits"));
    t.pod("p", 1, ", priority: 100");
    t.untilOn(Map.of("p", "n1"));
    assertThat(isTerminating("waits")).isFalse();
    List<String> told = List.of(
        "Preempted: Preempted by pod " + t.pod("p").getMetadata().getUid() + " on node n1 (in kube-scheduler memory).",
        "FailedScheduling: running PreBind plugin \"VolumeBinding\": preempted by DefaultPreemption");
    t.until(() -> t.events("waits").containsAll(told), () -> t.events("waits").toString());
  }
}
