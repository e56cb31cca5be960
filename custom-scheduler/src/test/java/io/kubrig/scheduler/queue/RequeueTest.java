package io.kubrig.scheduler.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.kubrig.scheduler.config.SchedulerConfiguration;
import io.kubrig.scheduler.cycle.TestScheduler;
import io.kubrig.scheduler.framework.Status;
import io.kubrig.scheduler.metrics.SchedulerMetrics;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Which events wake a pod that found no room; found by comparison with the native scheduler. */
class RequeueTest {
  private final AtomicInteger failures = new AtomicInteger();
  private final TestScheduler t = new TestScheduler(SchedulerConfiguration.standard(), new SchedulerMetrics() {
    @Override
    public void failed(String profile, Status status, long nanos) {
      failures.incrementAndGet();
    }
  });

  @Test
  void a_pod_that_waits_for_room_is_tried_again_when_taints_change_but_not_when_labels_do() throws InterruptedException {
    t.node("n1", 1);
    t.pod("p", 2, "");
    t.until(() -> failures.get() == 1, () -> "not tried");
    t.cluster().patch(Node.class, null, "n1", Map.of("metadata", Map.of("labels", Map.of("disk", "ssd"))));
    t.cluster().patch(Node.class, null, "n1", Map.of("spec", Map.of("unschedulable", true))); // makes nothing better
    t.cluster().patch(Node.class, null, "n1", Map.of("spec", Map.of("taints",
        List.of(Map.of("key", "k", "effect", "PreferNoSchedule")))));
    t.until(() -> failures.get() == 2, () -> "tried " + failures + " times");
    t.scheduler().loop().runUntilIdle(t.scheduler()::scheduleOne);
    assertThat(failures).hasValue(2);
  }

  @Test
  void a_pod_that_waits_for_an_extended_resource_is_tried_again_when_a_device_class_stands_for_it() throws InterruptedException {
    t.node("n1", 1);
    t.create("{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: c, image: i, resources: {requests:"
        + " {example.com/gpu: 1}}}]}}");
    t.until(() -> failures.get() == 1, () -> "not tried");
    t.create("{apiVersion: resource.k8s.io/v1, kind: DeviceClass, metadata: {name: other}, spec: {extendedResourceName: example.com/other}}");
    t.create("{apiVersion: resource.k8s.io/v1, kind: DeviceClass, metadata: {name: gpu}, spec: {extendedResourceName: example.com/gpu}}");
    t.until(() -> failures.get() == 2, () -> "tried " + failures + " times");
    t.scheduler().loop().runUntilIdle(t.scheduler()::scheduleOne);
    assertThat(failures).hasValue(2);
  }
}
