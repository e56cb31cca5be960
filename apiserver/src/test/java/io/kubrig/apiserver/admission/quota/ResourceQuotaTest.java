package io.kubrig.apiserver.admission.quota;

import static io.kubrig.apiserver.admission.Requests.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.apiserver.admission.AdmissionChain;
import io.kubrig.apiserver.admission.AdmissionRequest;
import io.kubrig.apiserver.admission.FakeCluster;
import io.kubrig.apiserver.admission.Requests;
import io.kubrig.machinery.tree.Tree;
import io.kubrig.machinery.yaml.Yaml;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ResourceQuotaTest {
  private final FakeCluster cluster = new FakeCluster();
  private final ResourceQuota quota = new ResourceQuota(cluster, cluster, List.of());

  private void limit(String name, String hard, String used, String spec) {
    cluster.with("", "resourcequotas", "ns",
        "{metadata: {name: " + name + "}, spec: {" + spec + "}, status: {hard: " + hard + ", used: " + used + "}}");
  }

  private Tree used(String name) {
    return cluster.get("", "resourcequotas", "ns", name).orElseThrow().at("status", "used");
  }

  private static AdmissionRequest pod(String resources) {
    return Requests.on("pods").create("{metadata: {name: a}, spec: {containers: [{name: c, resources: " + resources + "}]}}");
  }

  @Test
  void counts_what_is_created_and_refuses_what_is_too_much() {
    limit("q", "{count/configmaps: 2}", "{count/configmaps: 1}", "");
    AdmissionRequest request = Requests.on("configmaps").create("{metadata: {name: a}}");
    assertThat(refusal(quota, request)).isEmpty();
    assertThat(used("q")).isEqualTo(Tree.of("count/configmaps", "2"));
    assertThat(refusal(quota, Requests.on("configmaps").create("{metadata: {name: b}}")))
        .isEqualTo("exceeded quota: q, requested: count/configmaps=1, used: count/configmaps=2, limited: count/configmaps=2");
  }

  @Test
  void gives_back_what_it_took_when_the_write_comes_to_nothing() {
    limit("q", "{configmaps: 2}", "{configmaps: 1}", "");
    AdmissionChain chain = new AdmissionChain(List.of(quota));
    AdmissionRequest request = Requests.on("configmaps").create("{metadata: {name: a}}");
    chain.validate(request);
    assertThat(used("q")).isEqualTo(Tree.of("configmaps", "2"));
    chain.abandoned(request);
    assertThat(used("q")).isEqualTo(Tree.of("configmaps", "1"));
  }

  @Test
  void takes_nothing_of_any_quota_when_one_refuses() {
    limit("a", "{count/configmaps: 5}", "{count/configmaps: 0}", "");
    limit("b", "{count/configmaps: 0}", "{count/configmaps: 0}", "");
    assertThat(refusal(quota, Requests.on("configmaps").create("{metadata: {name: a}}"))).startsWith("exceeded quota: b");
    assertThat(used("a")).isEqualTo(Tree.of("count/configmaps", 0L));
  }

  @Test
  void checks_a_dry_run_without_taking_anything() {
    limit("q", "{configmaps: 1}", "{configmaps: 0}", "");
    assertThat(refusal(quota, Requests.on("configmaps").dryRun().create("{metadata: {name: a}}"))).isEmpty();
    assertThat(used("q")).isEqualTo(Tree.of("configmaps", 0L));
  }

  @Test
  void lets_no_more_through_than_fit_however_many_come_at_once() throws InterruptedException {
    limit("q", "{configmaps: 10}", "{configmaps: 0}", "");
    AtomicInteger admitted = new AtomicInteger();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 50; i++) {
        String name = "{metadata: {name: a" + i + "}}";
        threads.submit(
            () -> {
              if (refusal(quota, Requests.on("configmaps").create(name)).isEmpty()) {
                admitted.incrementAndGet();
              }
            });
      }
    }
    assertThat(admitted).hasValue(10);
    assertThat(used("q")).isEqualTo(Tree.of("configmaps", "10"));
  }

  @Test
  void demands_requests_of_every_container_where_cpu_or_memory_are_limited() {
    limit("q", "{requests.cpu: 1, limits.memory: 2Gi, requests.storage: 1}", "{requests.cpu: 0, limits.memory: 0}", "");
    assertThat(refusal(quota, pod("{}"))).isEqualTo("failed quota: q: must specify limits.memory for: c; requests.cpu for: c");
    assertThat(refusal(quota, pod("{requests: {cpu: 2}, limits: {memory: 1Gi}}")))
        .isEqualTo("exceeded quota: q, requested: requests.cpu=2, used: requests.cpu=0, limited: requests.cpu=1");
    assertThat(refusal(quota, pod("{requests: {cpu: 500m}, limits: {memory: 1Gi}}"))).isEmpty();
    assertThat(used("q")).isEqualTo(Tree.of("limits.memory", "1Gi", "requests.cpu", "500m"));
  }

  @Test
  void asks_nothing_of_the_containers_of_a_pod_that_states_its_needs_as_a_whole() {
    limit("q", "{requests.cpu: 2}", "{requests.cpu: 0}", "");
    assertThat(refusal(quota, Requests.on("pods").create("{spec: {resources: {requests: {cpu: 1}}, containers: [{name: c}]}}"))).isEmpty();
    assertThat(used("q")).isEqualTo(Tree.of("requests.cpu", "1"));
  }

  @Test
  void refuses_while_nobody_has_counted_yet() {
    limit("q", "{pods: 1, cpu: 1}", "{}", "");
    assertThat(refusal(quota, pod("{requests: {cpu: 1}}"))).isEqualTo("status unknown for quota: q, resources: cpu,pods");
  }

  @Test
  void applies_a_quota_only_to_what_is_in_its_scopes() {
    limit("q", "{pods: 0}", "{pods: 0}", "scopes: [BestEffort]");
    assertThat(refusal(quota, pod("{}"))).startsWith("exceeded quota: q");
    assertThat(refusal(quota, pod("{requests: {cpu: 1}}"))).isEmpty();
  }

  @Test
  void selects_pods_by_their_priority_class() {
    limit("q", "{pods: 0}", "{pods: 0}", "scopeSelector: {matchExpressions: [{scopeName: PriorityClass, operator: In, values: [high]}]}");
    assertThat(refusal(quota, Requests.on("pods").create("{spec: {priorityClassName: high, containers: []}}")))
        .startsWith("exceeded quota: q");
    assertThat(refusal(quota, Requests.on("pods").create("{spec: {priorityClassName: low, containers: []}}"))).isEmpty();
    assertThat(refusal(quota, Requests.on("pods").create("{spec: {containers: []}}"))).isEmpty();
  }

  @Test
  void charges_an_update_for_what_it_adds() {
    limit("q", "{services.nodeports: 2}", "{services.nodeports: 1}", "");
    String one = "{metadata: {name: s}, spec: {type: NodePort, ports: [{port: 1}]}}";
    String three = "{metadata: {name: s}, spec: {type: NodePort, ports: [{port: 1}, {port: 2}, {port: 3}]}}";
    assertThat(refusal(quota, Requests.on("services").update(one, one))).isEmpty();
    assertThat(refusal(quota, Requests.on("services").update(one, three)))
        .isEqualTo("exceeded quota: q, requested: services.nodeports=2, used: services.nodeports=1, limited: services.nodeports=2");
  }

  @Test
  void counts_storage_in_all_and_per_class() {
    limit("q", "{requests.storage: 10Gi, gold.storageclass.storage.k8s.io/requests.storage: 1Gi}",
        "{requests.storage: 0, gold.storageclass.storage.k8s.io/requests.storage: 0}", "");
    String claim = "{metadata: {name: a}, spec: {storageClassName: %s, resources: {requests: {storage: 5Gi}}}}";
    assertThat(refusal(quota, Requests.on("persistentvolumeclaims").create(claim.formatted("gold"))))
        .isEqualTo(
            "exceeded quota: q, requested: gold.storageclass.storage.k8s.io/requests.storage=5Gi, "
                + "used: gold.storageclass.storage.k8s.io/requests.storage=0, limited: "
                    + "gold.storageclass.storage.k8s.io/requests.storage=1Gi");
    assertThat(refusal(quota, Requests.on("persistentvolumeclaims").create(claim.formatted("other")))).isEmpty();
    assertThat(used("q").string("requests.storage")).isEqualTo("5Gi");
  }

  @Test
  void counts_devices_and_extended_resources() {
    limit("q", "{requests.example.com/gpu: 1, requests.hugepages-2Mi: 1Gi}", "{requests.example.com/gpu: 0, requests.hugepages-2Mi: 0}",
        "");
    assertThat(refusal(quota, pod("{requests: {example.com/gpu: 2}}")))
        .startsWith("exceeded quota: q, requested: requests.example.com/gpu=2");
    limit("q", "{gpu.deviceclass.resource.k8s.io/devices: 1}", "{gpu.deviceclass.resource.k8s.io/devices: 0}", "");
    String claim = "{metadata: {name: a}, spec: {devices: {requests: [{exactly: {deviceClassName: gpu, count: 2}}]}}}";
    assertThat(refusal(quota, Requests.on("resourceclaims.resource.k8s.io").create(claim)))
        .startsWith("exceeded quota: q, requested: gpu.deviceclass.resource.k8s.io/devices=2");
  }

  @Test
  void refuses_what_is_limited_by_default_and_has_no_quota() {
    Tree configuration = Yaml.readTree("{limitedResources: [{resource: pods, matchContains: [cpu]}]}");
    ResourceQuota strict = new ResourceQuota(cluster, cluster, LimitedResource.of(configuration));
    assertThat(refusal(strict, pod("{requests: {cpu: 1}}"))).isEqualTo("insufficient quota to consume: cpu,requests.cpu");
    assertThat(refusal(strict, pod("{}"))).isEmpty();
  }

  @Test
  void a_pod_that_gets_a_deadline_is_counted_where_it_falls_now() {
    limit("going", "{pods: 5}", "{pods: 0}", "scopes: [Terminating]");
    limit("staying", "{pods: 5}", "{pods: '1'}", "scopes: [NotTerminating]");
    String pod = "{metadata: {name: a, resourceVersion: '1'}, spec: {containers: [{name: c}]}}";
    assertThat(refusal(quota, Requests.on("pods").update(pod, pod.replace("spec: {", "spec: {activeDeadlineSeconds: 5, ")))).isEmpty();
    assertThat(used("going")).isEqualTo(Tree.of("pods", "1"));
    assertThat(used("staying")).isEqualTo(Tree.of("pods", "1"));
  }
}
