package io.kubrig.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.machinery.component.Component;
import io.kubrig.machinery.component.Environment;
import io.kubrig.machinery.component.FailureListener;
import io.kubrig.machinery.component.StartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SchedulerComponentTest {
  @TempDir private Path directory;
  private final List<String> failures = new ArrayList<>();

  private Component component(String configuration, String... flags) throws IOException {
    Path kubeconfig = Files.writeString(directory.resolve("kubeconfig"), """
        apiVersion: v1
        kind: Config
        clusters: [{name: c, cluster: {server: "https://127.0.0.1:1", insecure-skip-tls-verify: true}}]
        users: [{name: u, user: {token: t}}]
        contexts: [{name: c, context: {cluster: c, user: u}}]
        current-context: c
        """);
    Path file = Files.writeString(directory.resolve("config.yaml"), """
        apiVersion: kubescheduler.config.k8s.io/v1
        kind: KubeSchedulerConfiguration
        clientConnection: {kubeconfig: "%s"}
        """.formatted(kubeconfig) + configuration);
    SchedulerFactory factory = new SchedulerFactory();
    List<String> arguments = new ArrayList<>(List.of("--config=" + file, "--secure-port=0"));
    arguments.addAll(List.of(flags));
    return factory.create(factory.flags().parse(arguments), Environment.ofProcess(new FailureListener() {
      @Override
      public void failed(String component, String reason) {
        failures.add(reason);
      }

      @Override
      public void finished(String component) {
        // nothing that is started here ends by itself
      }
    }));
  }

  @Test
  void refuses_times_of_an_election_that_cannot_work() throws Exception {
    try (Component c = component("leaderElection: {retryPeriod: 9s}\n")) {
      assertThatThrownBy(c::start).isInstanceOf(StartException.class)
          .hasMessage("couldn't create leader elector: renewDeadline must be greater than retryPeriod*JitterFactor");
    }
  }

  @Test
  void a_shadow_wants_no_lease() throws Exception {
    try (Component c = component("leaderElection: {retryPeriod: 9s}\n", "--shadow")) {
      c.start();
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void a_candidate_that_is_told_to_stop_has_not_failed() throws Exception {
    try (Component c = component("")) {
      c.start();
    }
    assertThat(failures).isEmpty();
  }
}
