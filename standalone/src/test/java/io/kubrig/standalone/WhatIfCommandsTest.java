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
