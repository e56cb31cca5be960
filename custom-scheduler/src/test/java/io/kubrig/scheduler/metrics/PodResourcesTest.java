package io.kubrig.scheduler.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.kubrig.scheduler.model.Pod;
import java.util.List;
import org.junit.jupiter.api.Test;

class PodResourcesTest {
  private static Pod pod(String yaml) {
    return Pod.of(new KubernetesSerialization().unmarshal("---\n" + yaml, io.fabric8.kubernetes.api.model.Pod.class));
  }

  @Test
  void tells_requests_and_limits_of_pods_with_node_priority_and_unit_as_native() {
    Pod bound = pod("""
        {apiVersion: v1, kind: Pod, metadata: {name: a, namespace: ns}, spec: {nodeName: n1, priority: 7, schedulerName: s,
          overhead: {cpu: 250m},
          containers: [{name: c, image: i,
            resources: {requests: {cpu: 100m, memory: 64Mi, example.com/gpu: 2}, limits: {cpu: 1, example.com/gpu: 2}}}],
          initContainers: [{name: i, image: i, restartPolicy: Always, resources: {limits: {cpu: 500m}}}]}}
        """);
    Pod waiting = pod("{apiVersion: v1, kind: Pod, metadata: {name: b, namespace: ns}, spec: {containers: [{name: c, image: i}]}}");
    String help = "This shows the resource usage the scheduler and kubelet expect per pod for resources along with the unit for the "
        + "resource if any.";
    assertThat(PodResources.text(List.of(waiting, bound)).lines().toList()).containsExactly(
        "# HELP kube_pod_resource_limit [STABLE] Resources limit for workloads on the cluster, broken down by pod. " + help,
        "# TYPE kube_pod_resource_limit gauge",
        line("limit", "cpu", "cores") + "1.75",
        line("limit", "example.com/gpu", "") + "2",
        "# HELP kube_pod_resource_request [STABLE] Resources requested by workloads on the cluster, broken down by pod. " + help,
        "# TYPE kube_pod_resource_request gauge",
        line("request", "cpu", "cores") + "0.35",
        line("request", "memory", "bytes") + "6.7108864e+07",
        line("request", "example.com/gpu", "") + "2");
  }

  private static String line(String kind, String resource, String unit) {
    return "kube_pod_resource_" + kind + "{namespace=\"ns\",node=\"n1\",pod=\"a\",priority=\"7\",resource=\"" + resource
        + "\",scheduler=\"s\",unit=\"" + unit + "\"} ";
  }

  @Test
  void nobody_asks_for_anything() {
    assertThat(PodResources.text(List.of())).isEmpty();
  }
}
