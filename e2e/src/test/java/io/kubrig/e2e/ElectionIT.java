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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Controller managers in processes of their own, of which one leads: it is killed, stopped, cut off, and each time the next one takes over.
 * The API server's audit log tells who wrote what when: each manager has a user of its own.
 */
class ElectionIT {
  private static final Duration LEASE = Duration.ofSeconds(15);

  /** Time on top of the lease for the next candidate to look (two seconds, and a fifth of chance) and for a busy machine. */
  private static final Duration SLACK = Duration.ofSeconds(15);
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
        candidates.add(candidate(server, directory, 2));
        awaitCandidate(client, candidates.getLast());

        candidates.get(0).signal("KILL");
        takesOver(client, candidates.get(1), "one that was killed");

        candidates.add(candidate(server, directory, 3));
        awaitCandidate(client, candidates.getLast());
        candidates.get(1).signal("STOP");
        takesOver(client, candidates.get(2), "one that stands still");
        candidates.get(1).signal("CONT");
        ends(client, candidates.get(1));

        candidates.add(candidate(server, directory, 4));
        awaitCandidate(client, candidates.getLast());
        candidates.get(2).cable().cut();
        takesOver(client, candidates.get(3), "one that is cut off");
        ends(client, candidates.get(2));
      } finally {
        candidates.forEach(Candidate::close);
      }
    }
    assertThat(overlaps(log)).as("writes of managers that did not lead any more").isEmpty();
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

  /** Lets the leader work until a candidate has begun to look at the lease, and somewhat longer. */
  private void awaitCandidate(KubernetesClient client, Candidate next) {
    Eventually.see("candidate " + next.user(), START, () -> {
      work(client);
      return read(next.log());
    }, log -> log.contains("attempting to acquire leader lease"));
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

  private void takesOver(KubernetesClient client, Candidate next, String from) {
    Instant begin = Clock.system().now();
    awaitLeader(client, next, LEASE.plus(SLACK));
    System.out.println("ElectionIT: the lease of " + from + " was taken after " + Duration.between(begin, Clock.system().now()).toMillis()
        + " ms");
    busy(client, Duration.ofSeconds(3));
  }

  /** A leader that lost its lease ends by itself. */
  private void ends(KubernetesClient client, Candidate deposed) throws InterruptedException {
    busy(client, Duration.ofSeconds(3));
    assertThat(deposed.process().waitFor(START.toSeconds(), TimeUnit.SECONDS)).as("whether %s has ended", deposed.user()).isTrue();
    assertThat(deposed.process().exitValue()).isNotZero();
  }

  /** That it has stopped leading, a manager tells when it has. */
  private static boolean tellsOfItself(JsonNode event) {
    JsonNode object = event.path("objectRef");
    return object.path("resource").asText().equals("events") && object.path("namespace").asText().equals("kube-system");
  }

  /** Every write, in the order in which the server got them, of a manager that another one has taken the lease from before. */
  private static List<String> overlaps(Path log) throws IOException {
    record Written(Instant at, String user, JsonNode event) {}
    List<Written> writes = new ArrayList<>();
    for (String line : Files.readAllLines(log)) {
      JsonNode event = JSON.readTree(line);
      String user = event.path("user").path("username").asText();
      boolean done = event.path("responseStatus").path("code").asInt() < 300;
      if (user.startsWith(USERS) && WRITES.contains(event.path("verb").asText()) && done) {
        writes.add(new Written(Instant.parse(event.path("requestReceivedTimestamp").asText()), user.substring(USERS.length()), event));
      }
    }
    writes.sort(Comparator.comparing(Written::at));
    String leader = "";
    Map<String, Integer> counts = new HashMap<>();
    List<String> overlaps = new ArrayList<>();
    for (Written write : writes) {
      boolean lease = write.event().path("objectRef").path("resource").asText().equals("leases");
      if (lease) {
        leader = write.user();
      } else if (!write.user().equals(leader) && !tellsOfItself(write.event())) {
        overlaps.add(write.at() + " " + write.user() + " while " + leader + " led: " + write.event().path("requestURI").asText());
      }
      counts.merge(write.user() + (lease ? " leases" : ""), 1, Integer::sum);
    }
    System.out.println("ElectionIT: writes " + new TreeMap<>(counts));
    for (int i = 1; i <= 4; i++) {
      assertThat(counts).as("each manager has led and written").containsKeys("manager-" + i, "manager-" + i + " leases");
    }
    return overlaps;
  }
}
