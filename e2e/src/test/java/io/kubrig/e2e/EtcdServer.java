package io.kubrig.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** An etcd of one member in a process of its own, without data of an earlier run. */
final class EtcdServer implements AutoCloseable {
  private static final Duration READY = Duration.ofMinutes(1);

  private final int port;
  private final Process process;

  private EtcdServer(int port, Process process) {
    this.port = port;
    this.process = process;
  }

  static EtcdServer start() throws IOException {
    Path directory = Kubrig.scratch("etcd");
    int port = Kubrig.freePort();
    String client = "http://127.0.0.1:" + port;
    String peer = "http://127.0.0.1:" + Kubrig.freePort();
    List<String> command =
        List.of(
            "etcd", "--data-dir", directory.resolve("data").toString(), "--listen-client-urls", client, "--advertise-client-urls", client,
            "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", "default=" + peer);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(directory.resolve("log").toFile()).start();
    EtcdServer etcd = new EtcdServer(port, process);
    Eventually.see("etcd that answers", READY, etcd::answers, Boolean.TRUE::equals);
    return etcd;
  }

  private boolean answers() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
