package io.kubrig.kubelet.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.kubrig.kubelet.pod.RuntimePod.ImageUse;
import io.kubrig.kubelet.pod.RuntimePod.Instance;
import io.kubrig.kubelet.pod.RuntimePod.Sandbox;
import io.kubrig.kubelet.pod.RuntimePod.State;
import io.kubrig.kubelet.pod.RuntimePod.Times;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Small builders for pods and for what a runtime knows of them. */
public final class Pods {
  public static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private Pods() {}

  public static Container container(String name) {
    return new ContainerBuilder().withName(name).withImage("i:1").build();
  }

  public static Container sidecar(String name) {
    return new ContainerBuilder(container(name)).withRestartPolicy("Always").build();
  }

  public static Pod pod(String restartPolicy, List<Container> init, Container... regular) {
    return new PodBuilder()
        .withNewMetadata()
        .withName("p")
        .withNamespace("ns")
        .withUid("u1")
        .withGeneration(1L)
        .endMetadata()
        .withNewSpec()
        .withRestartPolicy(restartPolicy)
        .withInitContainers(init)
        .withContainers(regular)
        .endSpec()
        .build();
  }

  /** A ready sandbox "s1" with these runs in it, given from the oldest to the newest. */
  public static RuntimePod ready(Instance... runs) {
    return with(new Sandbox("s1", true, START, 0, List.of("10.0.0.1"), false), runs);
  }

  public static RuntimePod with(Sandbox sandbox, Instance... runs) {
    List<Instance> newestFirst = new ArrayList<>(Arrays.asList(runs));
    newestFirst.sort(Comparator.comparing((Instance run) -> run.times().created()).reversed());
    return new RuntimePod("u1", "ns", "p", List.of(sandbox), newestFirst);
  }

  public static RuntimePod nothing() {
    return RuntimePod.absent("u1", "ns", "p");
  }

  public static Instance running(String name) {
    return run(name, State.RUNNING, 0, 0);
  }

  public static Instance exited(String name, int exitCode) {
    return run(name, State.EXITED, exitCode, 0);
  }

  public static Instance run(String name, State state, int exitCode, int restartCount) {
    Instant created = START.plusSeconds(restartCount * 10L);
    return new Instance(
        name + "-" + restartCount,
        "s1",
        name,
        state,
        restartCount,
        Containers.hash(container(name)),
        new Times(created, created, state == State.EXITED ? created.plusSeconds(1) : Instant.EPOCH),
        exitCode,
        state == State.EXITED ? exitCode == 0 ? "Completed" : "Error" : "",
        "",
        new ImageUse("i:1", "sha256:1"),
        null);
  }
}
