package io.kubrig.operators.why;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResource;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.json.Limits;
import io.kubrig.machinery.yaml.Yaml;
import io.kubrig.operators.engine.Objects;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Objects in, the chain out. The first object of each story is the one that is asked about. */
class WhyTest {
  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
  private static final String WEB = """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: web, namespace: d, uid: u1, generation: 2}
      spec:
        replicas: 3
        progressDeadlineSeconds: 600
        selector: {matchLabels: {app: web}}
        strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}
        template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: new}]}}
      status: {observedGeneration: 2, replicas: 4, updatedReplicas: 1, availableReplicas: 3}
      ---
      apiVersion: apps/v1
      kind: ReplicaSet
      metadata: {name: web-new, namespace: d, uid: u2, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, uid: u1, controller: true}]}
      spec:
        replicas: 1
        selector: {matchLabels: {app: web}}
        template: {metadata: {labels: {app: web, pod-template-hash: new}}, spec: {containers: [{name: c, image: new}]}}
      status: {replicas: 1}
      """;
  private static final String NEW_POD = """
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: web-new-1, namespace: d, uid: u3, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-new, uid: u2, controller: true}]}
      spec: {nodeName: n, containers: [{name: c, image: new}]}
      """;

  private static List<HasMetadata> objects(String yaml) {
    List<HasMetadata> objects = new ArrayList<>();
    for (Object document : Yaml.readAll(yaml.getBytes(StandardCharsets.UTF_8), Limits.TRUSTED)) {
      objects.add((HasMetadata) Objects.parse(Json.text(document), KubernetesResource.class));
    }
    return objects;
  }

  private static Finding why(String yaml) {
    List<HasMetadata> objects = objects(yaml);
    return Why.of(objects.getFirst(), Facts.of(objects, NOW));
  }

  private static String told(String yaml) {
    return WhyText.of(why(yaml), List.of());
  }

  @Test
  void a_deployment_is_held_up_by_the_image_that_a_pod_of_its_new_set_cannot_pull() {
    Finding found = why(WEB + NEW_POD + """
        status:
          phase: Pending
          conditions: [{type: PodScheduled, status: "True"}, {type: Ready, status: "False", reason: ContainersNotReady, message: not ready}]
          containerStatuses:
          - {name: c, ready: false, state: {waiting: {reason: ImagePullBackOff, message: Back-off pulling image "new"}}}
        """);
    Finding pod = new Finding("pod d/web-new-1", Standing.BLOCKED,
        "container c waits, ImagePullBackOff: Back-off pulling image \"new\"",
        List.of("condition Ready=False (ContainersNotReady): not ready"), List.of());
    Finding set = new Finding("replicaset d/web-new", Standing.BLOCKED,
        "the new one: 0 of 1 pod available, it may have 1 of 3 so far",
        List.of("spec.replicas is 1, status.availableReplicas 0, pods 1"), List.of(pod));
    assertThat(found).isEqualTo(new Finding("deployment d/web", Standing.BLOCKED, "1 of 3 pods updated, 3 available",
        List.of("spec.progressDeadlineSeconds is 600",
            "spec.strategy: at most 4 pods (maxSurge 1), at least 3 available (maxUnavailable 0)"),
        List.of(set)));
  }

  @Test
  void the_text_shows_each_link_below_the_one_that_it_holds_up() {
    String text = told(WEB + NEW_POD + """
        status: {phase: Running, conditions: [{type: Ready, status: "False"}], containerStatuses: [{name: c, ready: false, started: true, state: {running: {}}}]}
        ---
        apiVersion: v1
        kind: Event
        metadata: {name: e, namespace: d}
        involvedObject: {kind: Pod, name: web-new-1, namespace: d, uid: u3}
        reason: Unhealthy
        type: Warning
        count: 7
        message: "Readiness probe failed: HTTP probe failed with statuscode: 503"
        """);
    assertThat(text).isEqualTo("""
        deployment d/web: 1 of 3 pods updated, 3 available
        │   · spec.progressDeadlineSeconds is 600
        │   · spec.strategy: at most 4 pods (maxSurge 1), at least 3 available (maxUnavailable 0)
        └── replicaset d/web-new: the new one: 0 of 1 pod available, it may have 1 of 3 so far
            │   · spec.replicas is 1, status.availableReplicas 0, pods 1
            └── pod d/web-new-1: container c runs and is not ready (readiness probe)
                    · condition Ready=False
                    · event Unhealthy (7 times): Readiness probe failed: HTTP probe failed with statuscode: 503
        """);
  }

  @Test
  void refusals_of_a_quota_lead_to_the_quota() {
    Finding found = why("""
        apiVersion: apps/v1
        kind: ReplicaSet
        metadata: {name: r, namespace: d, uid: u1}
        spec: {replicas: 2, selector: {matchLabels: {a: b}}}
        status: {replicas: 0, conditions: [{type: ReplicaFailure, status: "True", reason: FailedCreate, message: 'pods "r-x" is forbidden: exceeded quota: small, requested: pods=1, used: pods=4, limited: pods=4'}]}
        ---
        apiVersion: v1
        kind: ResourceQuota
        metadata: {name: small, namespace: d}
        status: {hard: {pods: "4"}, used: {pods: "4"}}
        """);
    assertThat(found.standing()).isEqualTo(Standing.BLOCKED);
    assertThat(found.all().map(Finding::object)).containsExactly("replicaset d/r", "pods of replicaset d/r", "resourcequota d/small");
    assertThat(found.because().getFirst().because().getFirst())
        .isEqualTo(new Finding("resourcequota d/small", Standing.BLOCKED, "leaves no room", List.of("status: pods used 4 of 4"),
            List.of()));
  }

  @Test
  void pods_of_one_fate_are_told_together_and_the_scheduler_is_quoted() {
    String pod = """
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: r-%1$d, namespace: d, uid: p%1$d, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: r, uid: u1, controller: true}]}
        spec: {containers: [{name: c, image: i}]}
        status: {phase: Pending, conditions: [{type: PodScheduled, status: "False", reason: Unschedulable, message: "0/1 nodes are available: 1 Insufficient cpu."}]}
        """;
    String text = told("""
        apiVersion: apps/v1
        kind: ReplicaSet
        metadata: {name: r, namespace: d, uid: u1}
        spec: {replicas: 2, selector: {matchLabels: {a: b}}}
        status: {replicas: 2}
        """ + pod.formatted(1) + pod.formatted(2));
    assertThat(text).isEqualTo("""
        replicaset d/r: 0 of 2 pods available [blocked]
        │   · spec.replicas is 2, status.availableReplicas 0, pods 2
        └── pod d/r-1 and 1 more: has no node: 0/1 nodes are available: 1 Insufficient cpu. [blocked]
                · condition PodScheduled=False (Unschedulable): 0/1 nodes are available: 1 Insufficient cpu.
        """);
  }

  @Test
  void a_stateful_set_waits_for_the_first_pod_that_is_not_ready_and_the_others_for_that() {
    Finding found = why("""
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: {name: db, namespace: d, uid: u1}
        spec: {replicas: 3, selector: {matchLabels: {a: b}}, podManagementPolicy: OrderedReady}
        status: {replicas: 1}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: db-0, namespace: d, uid: p, ownerReferences: [{apiVersion: apps/v1, kind: StatefulSet, name: db, uid: u1, controller: true}]}
        spec: {schedulingGates: [{name: gate}], containers: [{name: c, image: i}]}
        """);
    assertThat(found.because()).containsExactly(new Finding("pod d/db-0", Standing.BLOCKED,
        "is not offered to the scheduler until someone removes its scheduling gates",
        List.of("spec.schedulingGates: gate", "2 pods after it wait for it"), List.of()));
  }

  @Test
  void a_job_tells_when_its_back_off_ends() {
    Finding found = why("""
        apiVersion: batch/v1
        kind: Job
        metadata: {name: j, namespace: d, uid: u1}
        spec: {completions: 1, backoffLimit: 6}
        status: {failed: 1, startTime: "2026-01-01T11:59:00Z"}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: j-a, namespace: d, uid: p, ownerReferences: [{apiVersion: batch/v1, kind: Job, name: j, uid: u1, controller: true}]}
        spec: {nodeName: n, containers: [{name: c, image: i}]}
        status: {phase: Failed, containerStatuses: [{name: c, state: {terminated: {exitCode: 3, reason: Error, finishedAt: "2026-01-01T11:59:57Z"}}}]}
        """);
    assertThat(found.because().getFirst()).isEqualTo(new Finding("pods of job d/j", Standing.WAITING,
        "the next is made in 7s, at 2026-01-01T12:00:07Z", List.of("back-off after failed pods"), List.of()));
    assertThat(found.because().get(1).evidence()).contains("container c ended with exit code 3 (Error)");
  }

  @Test
  void a_cron_job_tells_its_next_time_and_one_that_is_suspended_that_it_has_none() {
    String cron = """
        apiVersion: batch/v1
        kind: CronJob
        metadata: {name: c, namespace: d, uid: u1}
        spec: {schedule: "30 12 * * *", suspend: %s}
        """;
    assertThat(why(cron.formatted("false"))).isEqualTo(new Finding("cronjob d/c", Standing.FINE,
        "the next job is due in 30m, at 2026-01-01T12:30:00Z", List.of("spec.schedule is 30 12 * * *"), List.of()));
    assertThat(why(cron.formatted("true")).standing()).isEqualTo(Standing.BLOCKED);
    assertThat(why(cron.formatted("false").replace("30 12", "99 12")).says()).startsWith("its schedule makes no sense");
  }

  @Test
  void a_service_whose_selector_matches_nothing_says_so() {
    assertThat(why("""
        apiVersion: v1
        kind: Service
        metadata: {name: s, namespace: d}
        spec: {type: ClusterIP, selector: {app: nobody}, ports: [{port: 80}]}
        """)).isEqualTo(new Finding("service d/s", Standing.BLOCKED, "its selector matches no pod",
        List.of("spec.selector is app=nobody"), List.of()));
  }

  @Test
  void a_claim_that_waits_for_its_first_consumer_leads_to_the_pod_and_one_without_a_volume_names_the_volumes() {
    String claim = """
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: c, namespace: d}
        spec: {storageClassName: local, accessModes: [ReadWriteOnce], resources: {requests: {storage: 5Gi}}}
        status: {phase: Pending}
        ---
        apiVersion: storage.k8s.io/v1
        kind: StorageClass
        metadata: {name: local}
        provisioner: kubernetes.io/no-provisioner
        volumeBindingMode: %s
        ---
        apiVersion: v1
        kind: PersistentVolume
        metadata: {name: v}
        spec: {storageClassName: local, accessModes: [ReadWriteOnce], capacity: {storage: 1Gi}}
        status: {phase: Available}
        """;
    assertThat(why(claim.formatted("WaitForFirstConsumer")).evidence())
        .containsExactly("volumeBindingMode of storageclass local is WaitForFirstConsumer", "no pod uses it");
    Finding immediate = why(claim.formatted("Immediate"));
    assertThat(immediate.standing()).isEqualTo(Standing.BLOCKED);
    assertThat(immediate.evidence()).contains("persistentvolume v has 1Gi, 5Gi are asked for");
  }

  @Test
  void a_namespace_that_does_not_go_leads_to_the_finalizer_of_the_object_that_keeps_it() {
    Finding found = why("""
        apiVersion: v1
        kind: Namespace
        metadata: {name: d, deletionTimestamp: "2026-01-01T11:00:00Z"}
        spec: {finalizers: [kubernetes]}
        status:
          phase: Terminating
          conditions: [{type: NamespaceFinalizersRemaining, status: "True", reason: SomeFinalizersRemain, message: "Some content in the namespace has finalizers remaining: x.io/f in 1 resource instances"}]
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: m, namespace: d, uid: u, deletionTimestamp: "2026-01-01T11:00:00Z", finalizers: [x.io/f]}
        """);
    assertThat(found.standing()).isEqualTo(Standing.BLOCKED);
    assertThat(found.all().map(Finding::object)).containsExactly("namespace d", "ConfigMap", "configmap d/m", "finalizer x.io/f");
    assertThat(found.evidence()).contains("condition NamespaceFinalizersRemaining=True (SomeFinalizersRemain): "
        + "Some content in the namespace has finalizers remaining: x.io/f in 1 resource instances");
  }

  @Test
  void foreground_deletion_waits_for_the_dependents_that_block_it() {
    Finding found = why("""
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: owner, namespace: d, uid: u1, deletionTimestamp: "2026-01-01T11:00:00Z", finalizers: [foregroundDeletion]}
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: a, namespace: d, uid: u2, ownerReferences: [{apiVersion: v1, kind: ConfigMap, name: owner, uid: u1, blockOwnerDeletion: true}]}
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: b, namespace: d, uid: u3, ownerReferences: [{apiVersion: v1, kind: ConfigMap, name: owner, uid: u1}]}
        """);
    assertThat(found.all().map(Finding::object)).containsExactly("configmap d/owner", "finalizer foregroundDeletion", "secret d/a");
  }

  @Test
  void an_autoscaler_without_metrics_quotes_its_condition() {
    assertThat(why("""
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: h, namespace: d}
        spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, maxReplicas: 3}
        status:
          currentReplicas: 1
          desiredReplicas: 0
          conditions:
          - {type: AbleToScale, status: "True", reason: SucceededGetScale, message: fine}
          - {type: ScalingActive, status: "False", reason: FailedGetResourceMetric, message: unable to get metrics for resource cpu}
        """)).isEqualTo(new Finding("horizontalpodautoscaler d/h", Standing.BLOCKED, "unable to get metrics for resource cpu",
        List.of("condition AbleToScale=True (SucceededGetScale): fine",
            "condition ScalingActive=False (FailedGetResourceMetric): unable to get metrics for resource cpu"), List.of()));
  }

  @Test
  void what_stands_as_it_should_is_told_in_one_line() {
    assertThat(told("""
        apiVersion: apps/v1
        kind: DaemonSet
        metadata: {name: a, namespace: d, generation: 1}
        spec: {selector: {matchLabels: {a: b}}}
        status: {observedGeneration: 1, desiredNumberScheduled: 2, numberAvailable: 2, updatedNumberScheduled: 2}
        """)).isEqualTo("daemonset d/a: 2 of 2 nodes served, 2 updated\n");
  }

  @Test
  void a_controller_manager_adds_what_it_waits_for_of_the_objects_of_the_chain() {
    Finding chain = Finding.waiting("deployment d/web", "x").because(List.of(Finding.waiting("replicaset d/web-new", "y")));
    Finding found = ManagerView.add(chain, """
        {"leading":true,"unsyncedCaches":[],"controllers":[{"name":"replicaset-controller","queueLength":0,"awaitedWrites":[],"queued":[],
         "retries":[{"key":"d/web-new","failures":4,"lastError":"no","nextAttempt":"2026-01-01T12:00:01Z"},{"key":"d/web","failures":1}],
         "delayed":[]}]}""");
    assertThat(found.because()).hasSize(2).last().isEqualTo(new Finding("replicaset-controller", Standing.WAITING,
        "has failed 4 times in a row with replicaset d/web-new, tries again at 2026-01-01T12:00:01Z",
        List.of("last error: no"), List.of()));
  }
}
