package io.kubrig.apiserver.storage.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kubrig.machinery.clock.Clock;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real etcd of one member on free ports, with its data in a directory of the test. */
public final class EtcdProcess implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Path directory;
  private final int clientPort;
  private final int peerPort;
  private Process process;

  private EtcdProcess(Path directory) throws IOException {
    this.directory = directory;
    this.clientPort = freePort();
    this.peerPort = freePort();
  }

  /** Starts one; the test is skipped where there is no etcd. */
  public static EtcdProcess start(Path directory) throws IOException, InterruptedException {
    assumeTrue(isInstalled(), "etcd is not on the PATH (Debian package etcd-server)");
    EtcdProcess etcd = new EtcdProcess(directory);
    etcd.start();
    return etcd;
  }

  private static boolean isInstalled() {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator)).anyMatch(folder -> Files.isExecutable(Path.of(folder, "etcd")));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  public String url() {
    return "http://127.0.0.1:" + clientPort;
  }

  void start() throws IOException, InterruptedException {
    String peer = "http://127.0.0.1:" + peerPort;
    List<String> command =
        List.of(
            "etcd", "--data-dir", directory.resolve("data").toString(), "--listen-client-urls", url(), "--advertise-client-urls", url(),
            "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", "default=" + peer);
    process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(directory.resolve("log").toFile()).start();
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!answers()) {
      assertThat(process.isAlive()).as("etcd: %s", directory.resolve("log")).isTrue();
      assertThat(System.nanoTime()).as("etcd did not start in time").isLessThan(end);
      Clock.system().sleep(Duration.ofMillis(20));
    }
  }

  private boolean answers() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), clientPort)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  void stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }

  @Override
  public void close() throws InterruptedException {
    stop();
  }
}
