package io.kubrig.e2e;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** {@code kubrig apiserver} alone in a process of its own, with static tokens. It can be killed and started again on the same data. */
final class ServerProcess implements AutoCloseable {
  static final String ADMIN_TOKEN = "admintoken";

  /** The users that the conformance vectors speak of. */
  private static final String TOKENS =
      """
      admintoken,admin,admin,"system:masters"
      alicetoken,alice,u-alice,"dev"
      bobtoken,bob,u-bob
      node1token,system:node:n1,u-n1,"system:nodes"
      node2token,system:node:n2,u-n2,"system:nodes"
      """;

  private static final Duration READY = Duration.ofMinutes(2);

  private final Path directory;
  private final List<String> arguments;
  private final int port = Kubrig.freePort();
  private Process process;

  ServerProcess(String name, String storage, String... further) {
    this.directory = Kubrig.scratch(name);
    write(directory.resolve("tokens.csv"), TOKENS);
    this.arguments =
        new ArrayList<>(
            List.of(
                "apiserver",
                "--storage=" + storage,
                "--data-dir=" + directory.resolve("data"),
                "--bind-address=127.0.0.1",
                "--secure-port=" + port,
                "--token-auth-file=" + directory.resolve("tokens.csv"),
                "--authorization-mode=Node,RBAC",
                "--enable-admission-plugins=NodeRestriction",
                "--allow-privileged",
                "--requestheader-allowed-names=front-proxy",
                "--service-cluster-ip-range=10.96.0.0/12"));
    arguments.addAll(List.of(further));
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String url() {
    return "https://127.0.0.1:" + port;
  }

  Path data() {
    return directory.resolve("data");
  }

  /** Starts the server and returns when it is ready. */
  void start() {
    process = Kubrig.start(directory.resolve("server.log"), arguments.toArray(String[]::new));
    try (KubernetesClient client = client()) {
      Eventually.see("ready API server", READY, () -> readiness(client), "ok"::equals);
    }
  }

  private String readiness(KubernetesClient client) {
    if (!process.isAlive()) {
      throw new AssertionError("the API server ended with " + process.exitValue() + ":\n" + log());
    }
    try {
      return String.valueOf(client.raw("/readyz"));
    } catch (KubernetesClientException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private String log() {
    try {
      return Files.readString(directory.resolve("server.log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An administrator's client that never repeats a request by itself. */
  KubernetesClient client() {
    Config config =
        new ConfigBuilder(Config.empty())
            .withMasterUrl(url())
            .withOauthToken(ADMIN_TOKEN)
            .withTrustCerts(true)
            .withDisableHostnameVerification(true)
            .withRequestRetryBackoffLimit(0)
            .withRequestTimeout(20_000)
            .build();
    return new KubernetesClientBuilder().withConfig(config).build();
  }

  /** {@code kill -9}; returns when the process is gone. */
  void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  @Override
  public void close() {
    if (process != null) {
      kill();
    }
  }
}
