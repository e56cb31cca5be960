package io.kubrig.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

@ResourceLock(Resources.SYSTEM_OUT)
final class WhatIfCommandsTest {
  private static final String CLUSTER = """
      apiVersion: v1
      kind: Node
      metadata: {name: a}
      status: {allocatable: {cpu: "1", memory: 4Gi, pods: "10"}}
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: waits, namespace: team, uid: u2}
      spec: {containers: [{name: c, image: i, resources: {requests: {cpu: "2"}}}]}
      ---
      apiVersion: batch/v1
      kind: Job
      metadata: {name: halted, namespace: team, uid: u3}
      spec: {suspend: true}
      ---
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: calm, namespace: team, uid: u4}
      """;

  @TempDir private Path directory;

  private record Ran(int code, String out) {}

  private Ran run(String... args) throws IOException {
    Path file = Files.writeString(directory.resolve("cluster.yaml"), CLUSTER);
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      String[] all = Stream.concat(Arrays.stream(args),
          Stream.of("--snapshot", file.toString()))
          .toArray(String[]::new);
      return new Ran(Main.commands().execute(all), out.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(before);
    }
  }

  @Test
  void why_explains_a_pod_of_a_file_and_says_by_its_exit_code_that_it_fits_nowhere() throws IOException {
    Ran ran = run("why", "pod", "waits", "-n", "team");
    assertThat(ran.code).isEqualTo(2);
    assertThat(ran.out).contains("Pod team/waits has no node", "Insufficient cpu", "ask for 1 less cpu");
    assertThat(run("why", "pod", "waits", "-n", "team", "-o", "json").out).startsWith("{").contains("\"rejections\"");
    assertThat(run("why", "pod", "nobody").code).isEqualTo(1);
  }

  @Test
  void why_tells_what_holds_any_object_up_and_says_by_its_exit_code_whether_something_does() throws IOException {
    String text = "job team/halted: is suspended [blocked]\n    · spec.suspend is true\n";
    assertThat(run("why", "job/halted", "-n", "team")).isEqualTo(new Ran(2, text));
    assertThat(run("why", "jobs", "halted", "-n", "team")).isEqualTo(new Ran(2, text));
    assertThat(run("why", "job/halted", "-n", "team", "-o", "json").out).startsWith("{").contains("\"standing\":\"BLOCKED\"");
    assertThat(run("why", "job/halted", "-n", "team", "-o", "yaml").out).contains("standing: \"BLOCKED\"");
    assertThat(run("why", "configmap/calm", "-n", "team").code).isZero();
    assertThat(run("why", "job/nobody", "-n", "team").code).isEqualTo(1);
    assertThat(run("why", "job", "-n", "team").code).isEqualTo(1);
  }

  @Test
  void simulate_places_the_pods_of_a_file_and_counts_how_many_fit() throws IOException {
    Path pod = Files.writeString(directory.resolve("pod.yaml"),
        "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: c, image: i, resources: {requests: {cpu: 300m}}}]}}");
    assertThat(run("simulate", "--pods", pod.toString()))
        .isEqualTo(new Ran(0, String.format("%-40s a%n1 of 1 pods placed%n", "default/p")));
    assertThat(run("simulate", "--pods", pod.toString(), "--capacity").out)
        .startsWith("3 fit, on 1 nodes\nOne more: 0/1 nodes are available: 1 Insufficient cpu.");
    assertThat(run("simulate").code).isEqualTo(2);
  }
}
