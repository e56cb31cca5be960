package io.kubrig.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Recorded stories of the native controllers, told again by ours: {@code kubrig apiserver} and {@code kubrig controller-manager} in
 * processes of their own, started as the vectors' README asks, and the vectors' own program {@code replay}, which plays scheduler and
 * kubelet.
 *
 * <p>{@code conformance/controllers-quick.txt} lists the cases that are run, one {@code controller/name} a line: those that took
 * {@link #QUICK} seconds at most when they were recorded, and pass. {@code -Dconformance.record=true} writes the list anew, to be reviewed
 * as a diff. The others are told by hand.
 */
class ControllersConformanceIT {
  private static final Duration DEADLINE = Duration.ofMinutes(5);
  private static final double QUICK = 4.5;
  private static final int JOBS = 16;
  private static final int SECOND_CHANCES = 10;
  private static final Path VECTORS = Kubrig.file("src/test/resources/conformance/controllers");
  private static final Path LISTED = Kubrig.file("src/test/resources/conformance/controllers-quick.txt");
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void every_story_on_the_list_is_told_as_recorded() throws IOException {
    assumeTrue(Kubrig.missing("python3").findAny().isEmpty(), "python3 is not installed");
    try (ServerProcess server = server()) {
      server.start();
      Process manager = manager(server);
      try {
        boolean records = Boolean.getBoolean("conformance.record");
        List<String> cases = records ? quickCases() : Files.readAllLines(LISTED);
        Telling telling = tell(server, JOBS, cases);
        if (telling.failed().size() <= SECOND_CHANCES && !telling.failed().isEmpty()) {
          // the cases hang on times, which a loaded machine does not keep: those that failed get a second chance, alone
          telling = tell(server, 1, List.copyOf(telling.failed()));
        }
        Set<String> failed = telling.failed();
        if (records) {
          List<String> passing = new ArrayList<>(cases);
          passing.removeAll(failed);
          Files.write(LISTED, passing);
          return;
        }
        System.out.println("Controllers conformance: " + (cases.size() - failed.size()) + " of " + cases.size() + " passed");
        assertThat(failed)
            .as("stories that were told right when %s was recorded; replay said\n%s", LISTED.getFileName(), telling.said())
            .isEmpty();
      } finally {
        manager.destroyForcibly();
        manager.onExit().join();
      }
    }
  }

  private static ServerProcess server() {
    return new ServerProcess(
        "controllers", "memory", "--service-cluster-ip-range=10.96.0.0/16,fd00:10:96::/112", "--enable-bootstrap-token-auth");
  }

  private static Process manager(ServerProcess server) throws IOException {
    Path pki = server.data().resolve("pki");
    Path kubeconfig = server.data().resolve("manager.conf");
    Files.writeString(kubeconfig, """
        apiVersion: v1
        kind: Config
        clusters: [{name: c, cluster: {server: "%s", insecure-skip-tls-verify: true}}]
        users: [{name: u, user: {token: %s}}]
        contexts: [{name: x, context: {cluster: c, user: u}}]
        current-context: x
        """.formatted(server.url(), ServerProcess.ADMIN_TOKEN));
    return Kubrig.start(server.data().resolveSibling("manager.log"), "controller-manager", "--kubeconfig=" + kubeconfig,
        "--leader-elect=false", "--secure-port=0",
            "--controllers=*,bootstrap-signer-controller,token-cleaner-controller,selinux-warning-controller",
        "--use-service-account-credentials=false", "--service-account-private-key-file=" + pki.resolve("sa.key"),
        "--root-ca-file=" + pki.resolve("ca.crt"), "--cluster-signing-cert-file=" + pki.resolve("ca.crt"),
        "--cluster-signing-key-file=" + pki.resolve("ca.key"), "--allocate-node-cidrs",
        "--cluster-cidr=10.244.0.0/16,fd00:10:244::/56", "--node-cidr-mask-size-ipv4=26",
        "--service-cluster-ip-range=10.96.0.0/16,fd00:10:96::/112", "--node-monitor-period=1s", "--node-monitor-grace-period=8s",
        "--node-startup-grace-period=12s", "--node-eviction-rate=10", "--horizontal-pod-autoscaler-sync-period=2s",
        "--horizontal-pod-autoscaler-downscale-stabilization=6s", "--horizontal-pod-autoscaler-cpu-initialization-period=1s",
        "--horizontal-pod-autoscaler-initial-readiness-delay=1s", "--pvclaimbinder-sync-period=3s", "--terminated-pod-gc-threshold=150",
        "--kube-api-qps=500", "--kube-api-burst=1000");
  }

  /** The cases that may be on the list; those that must run alone, or wait for the clock, take too long. */
  private static List<String> quickCases() throws IOException {
    List<String> quick = new ArrayList<>();
    try (Stream<Path> files = Files.walk(VECTORS.resolve("cases"))) {
      for (Path file : files.filter(path -> path.toString().endsWith(".json")).sorted().toList()) {
        JsonNode vector = JSON.readTree(file.toFile());
        if (vector.path("seconds").asDouble() <= QUICK && !vector.path("exclusive").asBoolean() && vector.path("requires").isEmpty()) {
          quick.add(vector.path("controller").asText() + "/" + vector.path("name").asText());
        }
      }
    }
    return quick;
  }

  /**
   * @param failed the cases that did not pass
   * @param said what the program printed
   */
  private record Telling(Set<String> failed, String said) {}

  private static Telling tell(ServerProcess server, int jobs, List<String> cases) throws IOException {
    Path results = server.data().resolveSibling("results-" + jobs + ".json");
    List<String> command = new ArrayList<>(List.of("python3", "-B", VECTORS.resolve("replay").toString(), "check", "--server", server.url(),
        "--token", ServerProcess.ADMIN_TOKEN, "--insecure", "--jobs", String.valueOf(jobs), "--json", results.toString(), "--cases"));
    cases.forEach(name -> command.add(VECTORS.resolve("cases").resolve(name + ".json").toString()));
    Run run = Run.of(command, Map.of(), "", DEADLINE);
    assertThat(results).as("the results of replay, which said\n%s%s", run.out(), run.err()).exists();
    SortedMap<String, Boolean> outcomes = new TreeMap<>();
    JSON.readTree(results.toFile()).properties().forEach(entry -> outcomes.put(entry.getKey(), entry.getValue().path("ok").asBoolean()));
    TreeSet<String> failed = new TreeSet<>(cases);
    outcomes.forEach((name, passed) -> {
      if (passed) {
        failed.remove(name);
      }
    });
    return new Telling(failed, run.out());
  }
}
