package io.kubrig.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.kubrig.machinery.clock.Clock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Controller managers in processes of their own, of which one leads: it is killed, stopped, cut off, and each time the next one takes over.
 * The API server's audit log tells who wrote what when: each manager has a user of its own. {@code -Dkubrig.election.rounds=N} does it N
 * times, for a distribution of the times.
 */
class ElectionIT {
  private static final Duration LEASE = Duration.ofSeconds(15);

  /**
   * Time on top of the lease for the last renewal to reach the candidate, and for its claim to reach the server: some milliseconds on a
   * quiet machine. Measured with a load of 14 to 20 on two processors: up to 0.2 s; tenfold, for machines that are busier.
   */
  private static final Duration SLACK = Duration.ofSeconds(2);

  private static final int ROUNDS = Integer.getInteger("kubrig.election.rounds", 1);
  private static final Duration START = Duration.ofMinutes(2);
  private static final Set<String> WRITES = Set.of("create", "update", "patch", "delete", "deletecollection");
  private static final String POLICY = """
      apiVersion: audit.k8s.io/v1
      kind: Policy
      omitStages: [RequestReceived]
      rules: [{level: Request, resources: [{group: coordination.k8s.io}]}, {level: Metadata}]
      """;
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String USERS = "system:serviceaccount:default:";

  private int replicas;
  private final Set<String> holders = new HashSet<>(); // of the lease, until now
  private final List<TakeOver> takeOvers = new ArrayList<>();

  /** A manager, the way in which it speaks with the server, and who it is. */
  private record Candidate(String user, Process process, Path log, Cable cable) implements AutoCloseable {
    void signal(String name) {
      Run.of(List.of("kill", "-" + name, Long.toString(process.pid())), Map.of(), "", Duration.ofSeconds(10));
    }

    @Override
    public void close() {
      cable.close();
      process.destroyForcibly();
      process.onExit().join();
    }
  }

  @Test
  void at_no_time_do_two_managers_write_and_the_next_one_takes_over_in_time() throws IOException, InterruptedException {
    assumeTrue(Kubrig.missing("kill").findAny().isEmpty(), "kill is not installed");
    Path directory = Kubrig.scratch("election");
    Path log = directory.resolve("audit.log");
    Files.writeString(directory.resolve("policy.yaml"), POLICY);
    List<Candidate> candidates = new ArrayList<>();
    try (ServerProcess server = new ServerProcess("election", "memory", "--audit-log-path=" + log,
        "--audit-policy-file=" + directory.resolve("policy.yaml"))) {
      server.start();
      try (KubernetesClient client = server.client()) {
        client.resource(new ClusterRoleBindingBuilder().withNewMetadata().withName("managers").endMetadata()
            .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", "cluster-admin").addNewSubject()
            .withApiGroup("rbac.authorization.k8s.io").withKind("Group").withName("system:serviceaccounts:default").endSubject().build())
            .create();
        client.resource(set()).create();
        candidates.add(candidate(server, directory, 1));
        awaitLeader(client, candidates.getFirst(), START);
        for (int round = 0; round < ROUNDS; round++) {
          Candidate killed = candidates.getLast();
          takesOver(client, follower(client, server, directory, candidates), "killed", () -> killed.signal("KILL"));

          Candidate stopped = candidates.getLast();
          takesOver(client, follower(client, server, directory, candidates), "stopped", () -> stopped.signal("STOP"));
          stopped.signal("CONT");
          ends(client, stopped);

          Candidate cut = candidates.getLast();
          takesOver(client, follower(client, server, directory, candidates), "cut off", cut.cable()::cut);
          ends(client, cut);
        }
      } finally {
        candidates.forEach(Candidate::close);
      }
    }
    List<Written> writes = writes(log);
    assertThat(overlaps(writes)).as("writes of managers that did not lead any more").isEmpty();
    assertThat(candidates).as("each manager has led and written").allSatisfy(candidate ->
        assertThat(writes).filteredOn(write -> write.user().equals(candidate.user())).extracting(Written::isOfLease).contains(true, false));
    List<Measured> measured = takeOvers.stream().map(takeOver -> takeOver.measure(writes)).toList();
    measured.forEach(m -> System.out.println("ElectionIT: " + m));
    assertThat(measured).allSatisfy(m -> assertThat(m.taken()).as(m.toString()).isLessThanOrEqualTo(LEASE.plus(SLACK)));
  }

  private Candidate follower(KubernetesClient client, ServerProcess server, Path directory, List<Candidate> candidates)
      throws IOException {
    Candidate next = candidate(server, directory, candidates.size() + 1);
    candidates.add(next);
    awaitCandidate(client, next, directory.resolve("audit.log"));
    return next;
  }

  private static io.fabric8.kubernetes.api.model.apps.ReplicaSet set() {
    return new ReplicaSetBuilder().withNewMetadata().withName("busy").withNamespace("default").endMetadata().withNewSpec().withReplicas(0)
        .withNewSelector().addToMatchLabels("app", "busy").endSelector().withNewTemplate().withNewMetadata().addToLabels("app", "busy")
        .endMetadata().withNewSpec().addNewContainer().withName("c").withImage("i").endContainer().endSpec().endTemplate().endSpec()
        .build();
  }

  private static Candidate candidate(ServerProcess server, Path directory, int number) throws IOException {
    Cable cable = new Cable(URI.create(server.url()).getPort());
    String user = "manager-" + number;
    String token;
    try (KubernetesClient client = server.client()) {
      client.resource(new ServiceAccountBuilder().withNewMetadata().withName(user).withNamespace("default").endMetadata().build()).create();
      token = client.serviceAccounts().inNamespace("default").withName(user).tokenRequest(new TokenRequestBuilder().withNewSpec().endSpec()
          .build()).getStatus().getToken();
    }
    Path kubeconfig = directory.resolve(user + ".conf");
    Files.writeString(kubeconfig, """
        apiVersion: v1
        kind: Config
        clusters: [{name: c, cluster: {server: "https://127.0.0.1:%d", insecure-skip-tls-verify: true}}]
        users: [{name: u, user: {token: %s}}]
        contexts: [{name: x, context: {cluster: c, user: u}}]
        current-context: x
        """.formatted(cable.port(), token));
    Process process = Kubrig.start(directory.resolve(user + ".log"), "controller-manager", "--kubeconfig=" + kubeconfig, "--secure-port=0",
        "--use-service-account-credentials=false", "--controllers=replicaset-controller,serviceaccount-controller",
        "--leader-elect-lease-duration=" + LEASE.toSeconds() + "s", "--leader-elect-renew-deadline=10s", "--leader-elect-retry-period=2s");
    return new Candidate(user, process, directory.resolve(user + ".log"), cable);
  }

  /** Gives the leader something to write. */
  private void work(KubernetesClient client) {
    replicas = (replicas + 1) % 4;
    client.apps().replicaSets().inNamespace("default").withName("busy").scale(replicas);
  }

  /** Lets the leader work until a candidate follows the lease, and somewhat longer. */
  private void awaitCandidate(KubernetesClient client, Candidate next, Path log) {
    Eventually.see("candidate " + next.user() + " that watches the lease", START, () -> {
      work(client);
      return read(log);
    }, audit -> audit.lines().anyMatch(line -> line.contains("\"verb\":\"watch\"") && line.contains("\"resource\":\"leases\"")
        && line.contains(USERS + next.user() + "\"")));
    busy(client, Duration.ofSeconds(5));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void busy(KubernetesClient client, Duration time) {
    Instant end = Clock.system().now().plus(time);
    Eventually.see("end", time.plusSeconds(10), () -> {
      work(client);
      return Clock.system().now();
    }, now -> now.isAfter(end));
  }

  private void awaitLeader(KubernetesClient client, Candidate wanted, Duration limit) {
    Eventually.see("leadership of " + wanted.user(), limit, () -> {
      work(client);
      assertThat(wanted.process().isAlive()).as("whether %s runs", wanted.user()).isTrue();
      return holder(client);
    }, holder -> !holder.isEmpty() && holders.add(holder));
  }

  private static String holder(KubernetesClient client) {
    Lease lease = client.leases().inNamespace("kube-system").withName("kube-controller-manager").get();
    return lease == null ? "" : Optional.ofNullable(lease.getSpec().getHolderIdentity()).orElse("");
  }

  private void takesOver(KubernetesClient client, Candidate next, String what, Runnable fault) {
    fault.run();
    takeOvers.add(new TakeOver(what, Clock.system().now(), next.user()));
    awaitLeader(client, next, LEASE.plus(START));
    busy(client, Duration.ofSeconds(10));
  }

  /** What happened to a leader when, and who was to take over. */
  private record TakeOver(String what, Instant at, String next) {
    Measured measure(List<Written> writes) {
      List<Written> later = writes.stream().filter(write -> write.user().equals(next) && write.at().isAfter(at)).toList();
      return new Measured(what, after(later, true), after(later, false));
    }

    private Duration after(List<Written> later, boolean ofLease) {
      return Duration.between(at, later.stream().filter(write -> write.isOfLease() == ofLease).findFirst().orElseThrow().at());
    }
  }

  /** How long after a fault the lease was taken, and the new leader wrote something else. */
  private record Measured(String what, Duration taken, Duration acted) {
    @Override
    public String toString() {
      return "%s: lease taken after %,d ms, first write after %,d ms".formatted(what, taken.toMillis(), acted.toMillis());
    }
  }

  /** A leader that lost its lease ends by itself. */
  private void ends(KubernetesClient client, Candidate deposed) throws InterruptedException {
    busy(client, Duration.ofSeconds(3));
    assertThat(deposed.process().waitFor(START.toSeconds(), TimeUnit.SECONDS)).as("whether %s has ended", deposed.user()).isTrue();
    assertThat(deposed.process().exitValue()).isNotZero();
  }

  /** A write that the server carried out. */
  private record Written(Instant at, String user, JsonNode event) {
    JsonNode object() {
      return event.path("objectRef");
    }

    boolean isOfLease() {
      return object().path("resource").asText().equals("leases");
    }

    /** That it leads, or has stopped leading, a manager tells by an event. */
    boolean tellsOfItself() {
      return object().path("resource").asText().equals("events") && object().path("namespace").asText().equals("kube-system");
    }
  }

  /** What the managers wrote, in the order in which the server got it. */
  private static List<Written> writes(Path log) throws IOException {
    List<Written> writes = new ArrayList<>();
    for (String line : Files.readAllLines(log)) {
      JsonNode event = JSON.readTree(line);
      String user = event.path("user").path("username").asText();
      boolean done = event.path("responseStatus").path("code").asInt() < 300;
      if (user.startsWith(USERS) && WRITES.contains(event.path("verb").asText()) && done) {
        writes.add(new Written(Instant.parse(event.path("requestReceivedTimestamp").asText()), user.substring(USERS.length()), event));
      }
    }
    writes.removeIf(Written::tellsOfItself);
    writes.sort(Comparator.comparing(Written::at));
    return writes;
  }

  /** Every write of a manager that another one has taken the lease from before. */
  private static List<String> overlaps(List<Written> writes) {
    String leader = "";
    List<String> overlaps = new ArrayList<>();
    for (Written write : writes) {
      if (write.isOfLease()) {
        leader = write.user();
      } else if (!write.user().equals(leader)) {
        overlaps.add(write.at() + " " + write.user() + " while " + leader + " led: " + write.event().path("requestURI").asText());
      }
    }
    return overlaps;
  }
}
