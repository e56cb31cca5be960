package io.kubrig.operators.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.kubrig.machinery.clock.VirtualClock;
import io.kubrig.machinery.pki.ClusterPki;
import io.kubrig.operators.ControllerManagerOptions;
import io.kubrig.operators.certificates.ApprovingController;
import io.kubrig.operators.certificates.SigningController;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.rootca.RootCaController;
import io.kubrig.operators.serviceaccount.AccountTokenController;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** The stories of what others have to be able to trust: certificates, tokens, roots. */
final class TrustStories {
  private static final String REQUEST = """
      -----BEGIN CERTIFICATE REQUEST-----
      MIHrMIGSAgEAMDAxFTATBgNVBAoMDHN5c3RlbTpub2RlczEXMBUGA1UEAwwOc3lz
      dGVtOm5vZGU6bjcwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARHwqKIF9ZjSwOL
      OWaqNtRr/SaP6Tr3fUu9/JNVOMV6rYs7nCvRuLbPsRaOUDv9SnAIetswp4yvZlPD
      wBm90wQGoAAwCgYIKoZIzj0EAwIDSAAwRQIgJlnJCBW9+xp71uBJFG+ehSOblI35
      /V1O1/dA3Jk8oScCIQDO64YYWCr2LbdrXEdY+xgMkDYwdan2PEE09oSpDftRSQ==
      -----END CERTIFICATE REQUEST-----
      """;
  static final Path FILES = files();

  private TrustStories() {}

  private static Path files() {
    try {
      Path directory = Files.createTempDirectory("sweep-pki");
      new ClusterPki(directory, new VirtualClock(Instant.parse("2026-01-01T00:00:00Z")))
          .ensure(ClusterPki.serverNames("node-1", "cluster.local"), List.of());
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String encoded(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static <T> Optional<T> some(List<T> of, RandomGenerator random) {
    return of.isEmpty() ? Optional.empty() : Optional.of(of.get(random.nextInt(of.size())));
  }

  /** Requests of nodes, and of others whose signer is nobody here. A certificate is for ever, and so is a decision. */
  static final class RequestsStory implements Story {
    private static final String OURS = "kubernetes.io/kube-apiserver-client-kubelet";
    private int made;

    @Override
    public List<Function<ControllerContext, Controller>> controllers() {
      return List.of(ApprovingController::new, SigningController::new);
    }

    @Override
    public ControllerManagerOptions options() {
      return ControllerManagerOptions.parse("--cluster-signing-cert-file=" + FILES.resolve("ca.crt"),
          "--cluster-signing-key-file=" + FILES.resolve("ca.key"));
    }

    @Override
    public void begin(MemoryServer server) {
      request(server, OURS);
    }

    private void request(MemoryServer server, String signer) {
      server.create(Objects.parse("""
          {"metadata": {"name": "request-%d"}, "spec": {"signerName": "%s", "request": "%s", "username": "system:node:n7",
           "usages": ["digital signature", "client auth"]}, "status": {}}
          """.formatted(made++, signer, encoded(REQUEST)), CertificateSigningRequest.class));
    }

    @Override
    public void act(MemoryServer server, RandomGenerator random) {
      List<CertificateSigningRequest> requests = Stories.all(server, CertificateSigningRequest.class);
      if (requests.size() > 6) {
        some(requests, random).ifPresent(request -> server.delete(request, Map.of(), true));
      } else {
        request(server, random.nextInt(4) == 0 ? "example.com/none" : OURS);
      }
    }

    @Override
    public void saw(MemoryServer server, MemoryServer.Change change) {
      if (change.after() instanceof CertificateSigningRequest after) {
        assertThat(conditions(after)).as("conditions of %s", Key.of(after)).doesNotHaveDuplicates();
        if (change.before() instanceof CertificateSigningRequest before) {
          assertThat(conditions(after)).as("decisions on %s", Key.of(after)).containsAll(conditions(before));
          String had = before.getStatus().getCertificate();
          assertThat(had == null || had.equals(after.getStatus().getCertificate())).as("%s keeps its certificate", Key.of(after)).isTrue();
        }
        assertThat(after.getStatus().getCertificate() == null || conditions(after).contains("Approved"))
            .as("%s is approved before it is signed", Key.of(after)).isTrue();
      }
    }

    private static List<String> conditions(CertificateSigningRequest request) {
      return Objects.orEmpty(request.getStatus().getConditions()).stream().map(c -> c.getType()).toList();
    }

    @Override
    public void settled(MemoryServer server) {
      assertThat(Stories.all(server, CertificateSigningRequest.class)).allSatisfy(request -> {
        boolean ours = request.getSpec().getSignerName().equals(OURS);
        assertThat(conditions(request)).isEqualTo(ours ? List.of("Approved") : List.of());
        assertThat(request.getStatus().getCertificate() != null).as("%s has a certificate", Key.of(request)).isEqualTo(ours);
      });
    }
  }

  /**
   * Accounts that come and go, and Secrets that ask for their tokens; and the root in every namespace. A token stays as long as its account
   * does.
   */
  static final class TokensStory implements Story {
    private static final String TYPE = "kubernetes.io/service-account-token";
    private static final String ACCOUNT = "kubernetes.io/service-account.name";
    private static final String UID = "kubernetes.io/service-account.uid";
    private static final Key ROOT = new Key("ns", RootCaController.NAME);
    private int made;
    private boolean users; // whether it is a user who acts

    @Override
    public List<Function<ControllerContext, Controller>> controllers() {
      return List.of(AccountTokenController::new, RootCaController::new);
    }

    @Override
    public ControllerManagerOptions options() {
      return ControllerManagerOptions.parse("--root-ca-file=" + FILES.resolve("ca.crt"),
          "--service-account-private-key-file=" + FILES.resolve("sa.key"));
    }

    @Override
    public void begin(MemoryServer server) {
      server.create(Objects.parse("{\"metadata\": {\"name\": \"ns\"}, \"status\": {\"phase\": \"Active\"}}", Namespace.class));
      account(server, 0);
      secret(server, 0);
    }

    private static void account(MemoryServer server, int number) {
      Key key = new Key("ns", "account-" + number);
      if (server.find(ServiceAccount.class, key).isEmpty()) {
        server.create(Objects.parse("{\"metadata\": {\"name\": \"account-" + number + "\", \"namespace\": \"ns\"}}", ServiceAccount.class));
      }
    }

    private void secret(MemoryServer server, int number) {
      server.create(Objects.parse("""
          {"metadata": {"name": "token-%d", "namespace": "ns", "annotations": {"%s": "account-%d"}}, "type": "%s"}
          """.formatted(made++, ACCOUNT, number, TYPE), Secret.class));
    }

    @Override
    public void act(MemoryServer server, RandomGenerator random) {
      users = true;
      switch (random.nextInt(6)) {
        case 0, 1 -> account(server, random.nextInt(3));
        case 2 -> {
          int number = random.nextInt(3);
          account(server, number);
          secret(server, number);
        }
        case 3 -> some(Stories.all(server, ServiceAccount.class), random).ifPresent(account -> server.delete(account, Map.of(), true));
        case 4 -> some(Stories.all(server, Secret.class), random)
            .ifPresent(secret -> server.update(MemoryServer.edit(secret, tree -> tree.remove("data")), false));
        default -> server.find(ConfigMap.class, ROOT).ifPresent(map -> server.delete(map, Map.of(), true));
      }
      users = false;
    }

    @Override
    public void saw(MemoryServer server, MemoryServer.Change change) {
      if (users) {
        return;
      }
      if (change.after() == null && change.before() instanceof Secret secret) {
        assertThat(owner(server, secret)).as("the account of %s, which is deleted", Key.of(secret)).isEmpty();
      }
      if (change.after() instanceof Secret after && change.before() instanceof Secret before
          && Objects.orEmpty(before.getData()).containsKey("token")) {
        assertThat(after.getData().get("token")).as("the token in %s", Key.of(after)).isEqualTo(before.getData().get("token"));
      }
    }

    private static Optional<ServiceAccount> owner(MemoryServer server, Secret secret) {
      String uid = Objects.annotations(secret).get(UID);
      return server.find(ServiceAccount.class, new Key("ns", Objects.annotations(secret).get(ACCOUNT)))
          .filter(account -> uid == null || uid.equals(account.getMetadata().getUid()));
    }

    @Override
    public void settled(MemoryServer server) {
      assertThat(Stories.all(server, Secret.class)).allSatisfy(secret -> {
        assertThat(owner(server, secret)).as("the account of %s", Key.of(secret)).isPresent();
        assertThat(secret.getMetadata().getAnnotations()).containsKey(UID);
        assertThat(secret.getData()).containsOnlyKeys("token", "namespace", "ca.crt");
      });
      assertThat(server.find(ConfigMap.class, ROOT).orElseThrow().getData()).containsOnlyKeys("ca.crt");
    }
  }
}
