package io.kubrig.bench;

import com.sun.management.ThreadMXBean;
import io.fabric8.kubernetes.api.model.KubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.WatchEvent;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.kubrig.machinery.models.ModelSerialization;
import java.io.ByteArrayInputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What it costs to read and write Fabric8's models, of objects as the server stores them: processor time and memory for each.
 *
 * <p>{@code ModelCost stock|whole|trimmed|shared [OBJECTS]}: with Fabric8's own serialization, or with ours as it reads for tools, clients
 * or caches. The first column is the first object ever of its kind.
 */
public final class ModelCost {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int DIFFERENT = 500;

  private ModelCost() {}

  private interface Step {
    Object run(int i);
  }

  /** @param arguments which serialization; how many objects of each kind, 20,000 unless told */
  public static void main(String[] arguments) {
    long before = THREADS.getCurrentThreadCpuTime();
    KubernetesSerialization models = switch (arguments[0]) {
      case "stock" -> new KubernetesSerialization();
      case "whole" -> new ModelSerialization();
      case "trimmed" -> ModelSerialization.trimmed();
      case "shared" -> ModelSerialization.shared();
      default -> throw new IllegalArgumentException(arguments[0]);
    };
    int objects = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 20_000;
    System.out.printf("%-28s %10s %10s %10s%n", arguments[0], "first, us", "us each", "bytes each");
    System.out.printf("%-28s %10d%n", "serialization", (THREADS.getCurrentThreadCpuTime() - before) / 1000);
    measure("watch event of Pod", objects, event(models, ModelCost::pod));
    measure("read Pod", objects, reading(models, Pod.class, ModelCost::pod));
    measure("read ReplicaSet", objects, reading(models, ReplicaSet.class, ModelCost::replicaSet));
    measure("read Deployment", objects, reading(models, Deployment.class, ModelCost::deployment));
    measure("read EndpointSlice of 20", Math.max(1, objects / 4), reading(models, EndpointSlice.class, ModelCost::slice));
    Pod pod = models.unmarshal(pod(1), Pod.class);
    measure("write Pod", objects, i -> models.asJson(pod));
    Deployment deployment = models.unmarshal(deployment(1), Deployment.class);
    measure("write Deployment", objects, i -> models.asJson(deployment));
    System.out.printf("classes loaded: %d%n", ManagementFactory.getClassLoadingMXBean().getTotalLoadedClassCount());
  }

  private static void measure(String what, int objects, Step step) {
    long first = THREADS.getCurrentThreadCpuTime();
    step.run(0);
    first = THREADS.getCurrentThreadCpuTime() - first;
    for (int i = 0; i < objects / 4; i++) {
      step.run(i); // until it is compiled
    }
    long bytes = THREADS.getCurrentThreadAllocatedBytes();
    long time = THREADS.getCurrentThreadCpuTime();
    for (int i = 0; i < objects; i++) {
      step.run(i);
    }
    time = THREADS.getCurrentThreadCpuTime() - time;
    bytes = THREADS.getCurrentThreadAllocatedBytes() - bytes;
    System.out.printf("%-28s %10d %10.1f %10d%n", what, first / 1000, time / 1000.0 / objects, bytes / objects);
  }

  private static Step reading(KubernetesSerialization models, Class<? extends KubernetesResource> type, Texts texts) {
    List<byte[]> all = bytes(texts);
    return i -> models.unmarshal(new ByteArrayInputStream(all.get(i % DIFFERENT)), type);
  }

  private static Step event(KubernetesSerialization models, Texts texts) {
    List<String> all = bytes(texts).stream()
        .map(object -> "{\"type\":\"MODIFIED\",\"object\":" + new String(object, StandardCharsets.UTF_8) + "}").toList();
    return i -> models.unmarshal(all.get(i % DIFFERENT), WatchEvent.class);
  }

  private interface Texts {
    String of(int i);
  }

  private static List<byte[]> bytes(Texts texts) {
    return IntStream.range(0, DIFFERENT).mapToObj(i -> texts.of(i).getBytes(StandardCharsets.UTF_8)).toList();
  }

  private static String metadata(String name, int i, String owner, List<String> managed) {
    String owners = owner.isEmpty() ? "" : """
        "ownerReferences":[{"apiVersion":"apps/v1","kind":"%s","name":"web-7d4b9c","uid":"5b2f2a1e-0c1d-4d55-9d8e-3a0f5f1b0c11",
        "controller":true,"blockOwnerDeletion":true}],""".formatted(owner);
    String fields = managed.stream().map(field -> "\"f:" + field + "\":{}").collect(Collectors.joining(","));
    return """
        "metadata":{"name":"%s","namespace":"bench","uid":"0e1c4f3a-7a55-4f3e-8f39-%012d","resourceVersion":"%d","generation":1,
        "creationTimestamp":"2026-11-22T03:00:00Z","labels":{"app":"web","pod-template-hash":"7d4b9c"},"annotations":{"n":"%d"},%s
        "managedFields":[{"manager":"kube-controller-manager","operation":"Update","apiVersion":"v1","time":"2026-11-22T03:00:00Z",
        "fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{"f:labels":{".":{},"f:app":{},"f:pod-template-hash":{}},
        "f:ownerReferences":{".":{},"k:{\\"uid\\":\\"5b2f2a1e-0c1d-4d55-9d8e-3a0f5f1b0c11\\"}":{}}},"f:spec":{%s}}},
        {"manager":"kubelet","operation":"Update","apiVersion":"v1","time":"2026-11-22T03:00:02Z","fieldsType":"FieldsV1",
        "subresource":"status","fieldsV1":{"f:status":{%s}}}]}""".formatted(name, i, i, i, owners, fields, fields);
  }

  private static final String POD_SPEC = """
      {"volumes":[{"name":"kube-api-access-x2x4z","projected":{"sources":[{"serviceAccountToken":{"expirationSeconds":3607,"path":"token"}},
      {"configMap":{"name":"kube-root-ca.crt","items":[{"key":"ca.crt","path":"ca.crt"}]}},{"downwardAPI":{"items":[{"path":"namespace",
      "fieldRef":{"apiVersion":"v1","fieldPath":"metadata.namespace"}}]}}],"defaultMode":420}}],"containers":[{"name":"c",
      "image":"example.com/app:1","ports":[{"name":"http","containerPort":8080,"protocol":"TCP"}],"env":[{"name":"A","value":"b"}],
      "resources":{"limits":{"memory":"128Mi"},"requests":{"cpu":"100m","memory":"64Mi"}},"volumeMounts":[{"name":"kube-api-access-x2x4z",
      "readOnly":true,"mountPath":"/var/run/secrets/kubernetes.io/serviceaccount"}],"livenessProbe":{"httpGet":{"path":"/healthz",
      "port":8080,"scheme":"HTTP"},"timeoutSeconds":1,"periodSeconds":10,"successThreshold":1,"failureThreshold":3},
      "terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File","imagePullPolicy":"IfNotPresent"}],
      "restartPolicy":"Always","terminationGracePeriodSeconds":30,"dnsPolicy":"ClusterFirst","serviceAccountName":"default",
      "serviceAccount":"default","nodeName":"node-17","securityContext":{},"schedulerName":"default-scheduler","tolerations":[
      {"key":"node.kubernetes.io/not-ready","operator":"Exists","effect":"NoExecute","tolerationSeconds":300},
      {"key":"node.kubernetes.io/unreachable","operator":"Exists","effect":"NoExecute","tolerationSeconds":300}],"priority":0,
      "enableServiceLinks":true,"preemptionPolicy":"PreemptLowerPriority"}""";

  private static String pod(int i) {
    return """
        {"kind":"Pod","apiVersion":"v1",%s,"spec":%s,"status":{"phase":"Running","conditions":[%s],"hostIP":"10.0.0.17",
        "hostIPs":[{"ip":"10.0.0.17"}],"podIP":"10.1.%d.%d","podIPs":[{"ip":"10.1.%d.%d"}],"startTime":"2026-11-22T03:00:01Z",
        "containerStatuses":[{"name":"c","state":{"running":{"startedAt":"2026-11-22T03:00:02Z"}},"lastState":{},"ready":true,
        "restartCount":0,"image":"example.com/app:1","imageID":"sha256:0123","containerID":"containerd://%d","started":true}],
        "qosClass":"Burstable"}}""".formatted(
        metadata("web-7d4b9c-" + i, i, "ReplicaSet", List.of("containers", "dnsPolicy", "enableServiceLinks", "restartPolicy",
            "schedulerName", "securityContext", "terminationGracePeriodSeconds")), POD_SPEC,
        conditions("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"), i / 250, i % 250, i / 250,
        i % 250, i).replace("\n", "");
  }

  private static String conditions(String... types) {
    return List.of(types).stream().map(type -> "{\"type\":\"" + type + "\",\"status\":\"True\",\"lastProbeTime\":null,"
        + "\"lastTransitionTime\":\"2026-11-22T03:00:02Z\"}").collect(Collectors.joining(","));
  }

  private static String template() {
    return "\"selector\":{\"matchLabels\":{\"app\":\"web\"}},\"template\":{\"metadata\":{\"labels\":{\"app\":\"web\"}},\"spec\":"
        + POD_SPEC + "}";
  }

  private static String replicaSet(int i) {
    return """
        {"kind":"ReplicaSet","apiVersion":"apps/v1",%s,"spec":{"replicas":10,%s},"status":{"replicas":10,"fullyLabeledReplicas":10,
        "readyReplicas":9,"availableReplicas":9,"observedGeneration":1}}""".formatted(
        metadata("web-" + i, i, "Deployment", List.of("replicas", "selector", "template")), template()).replace("\n", "");
  }

  private static String deployment(int i) {
    return """
        {"kind":"Deployment","apiVersion":"apps/v1",%s,"spec":{"replicas":10,%s,"strategy":{"type":"RollingUpdate",
        "rollingUpdate":{"maxUnavailable":"25%%","maxSurge":1}},"revisionHistoryLimit":10,"progressDeadlineSeconds":600},
        "status":{"observedGeneration":1,"replicas":10,"updatedReplicas":10,"readyReplicas":9,"availableReplicas":9,
        "unavailableReplicas":1,"conditions":[{"type":"Available","status":"True","lastUpdateTime":"2026-11-22T03:00:02Z",
        "lastTransitionTime":"2026-11-22T03:00:02Z","reason":"MinimumReplicasAvailable","message":"Deployment has minimum availability."
        }]}}""".formatted(metadata("web-" + i, i, "", List.of("replicas", "selector", "strategy", "template")), template())
        .replace("\n", "");
  }

  private static String slice(int i) {
    List<String> endpoints = new ArrayList<>();
    for (int pod = 0; pod < 20; pod++) {
      endpoints.add("""
          {"addresses":["10.1.%d.%d"],"conditions":{"ready":true,"serving":true,"terminating":false},"nodeName":"node-17",
          "targetRef":{"kind":"Pod","namespace":"bench","name":"web-7d4b9c-%d","uid":"0e1c4f3a-7a55-4f3e-8f39-%012d"}}""".formatted(
          i % 250, pod, pod, pod));
    }
    return """
        {"kind":"EndpointSlice","apiVersion":"discovery.k8s.io/v1",%s,"addressType":"IPv4","endpoints":[%s],
        "ports":[{"name":"http","protocol":"TCP","port":8080}]}""".formatted(
        metadata("web-" + i, i, "Service", List.of("addressType", "endpoints", "ports")), String.join(",", endpoints))
        .replace("\n", "");
  }
}
