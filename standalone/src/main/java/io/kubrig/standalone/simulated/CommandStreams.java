package io.kubrig.standalone.simulated;

import io.kubrig.apiserver.http.Exchange;
import io.kubrig.apiserver.http.Query;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.apiserver.websocket.WebSocket;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.tree.Tree;
import io.kubrig.standalone.inprocess.BytePipe;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The streams of a command over a WebSocket: each message begins with the number of its channel. (Source: the remotecommand protocols
 * {@code v4.channel.k8s.io} and {@code v5.channel.k8s.io}.)
 */
final class CommandStreams {
  private static final Logger LOG = LoggerFactory.getLogger(CommandStreams.class);
  private static final String V5 = "v5.channel.k8s.io";
  private static final List<String> PROTOCOLS = List.of(V5, "v4.channel.k8s.io");
  private static final int MOST_RECEIVED = 32 << 20;
  private static final int STDIN = 0;
  private static final int STDOUT = 1;
  private static final int STDERR = 2;
  private static final int ERROR = 3;
  private static final int CLOSE = 255;

  private final WebSocket socket;
  private final BytePipe stdin = new BytePipe();
  private final Query query;
  private final Thread worker = Thread.currentThread();
  private boolean working = true; // guarded by this

  private CommandStreams(WebSocket socket, Query query) {
    this.socket = socket;
    this.query = query;
  }

  /** What is done with the streams. */
  interface Work {
    /** Answers the exit code. */
    int run(CommandStreams streams) throws IOException, InterruptedException;
  }

  /**
   * Takes the connection over and does the work.
   *
   * @param query the kubelet's: which streams are wanted
   * @param command for messages
   */
  static void serve(Exchange exchange, Query query, List<String> command, Work work) throws IOException {
    Optional<String> protocol = WebSocket.offeredProtocols(exchange).stream().filter(PROTOCOLS::contains).findFirst();
    if (!WebSocket.isWanted(exchange) || protocol.isEmpty()) {
      throw ApiException.badRequest("unable to upgrade: simulated nodes speak the protocols " + String.join(" and ", PROTOCOLS)
          + " over WebSockets");
    }
    try (WebSocket socket = WebSocket.accept(exchange, protocol.get(), MOST_RECEIVED)) {
      new CommandStreams(socket, query).run(command, work);
    }
  }

  private void run(List<String> command, Work work) throws IOException {
    if (!isOn("input")) {
      stdin.end();
    }
    send(isOn("output") ? STDOUT : isOn("error") ? STDERR : ERROR, new byte[0], 0, 0); // as native: tells that the streams are there
    Thread reader = Thread.ofVirtual().name("exec-input").start(this::read);
    Tree outcome = outcome(command, work);
    byte[] status = Json.text(outcome).getBytes(StandardCharsets.UTF_8);
    try {
      send(ERROR, status, 0, status.length);
      socket.close();
    } catch (IOException e) {
      LOG.debug("a client has left before its command ended: {}", e.getMessage());
    }
    try {
      reader.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Tree outcome(List<String> command, Work work) {
    try {
      return status(command, work.run(this));
    } catch (IOException | RuntimeException | InterruptedException e) {
      return ApiException.internal("error executing command in container: " + e.getMessage()).status();
    } finally {
      synchronized (this) {
        working = false;
        Thread.interrupted(); // what ends the work does not end the farewell
      }
    }
  }

  /** (Source: kubelet/pkg/cri/streaming/remotecommand of native; the inner sentence is containerd's.) */
  private static Tree status(List<String> command, int exitCode) {
    if (exitCode == 0) {
      return Tree.of("metadata", new Tree(), "status", "Success");
    }
    Tree cause = Tree.of("reason", "ExitCode", "message", Integer.toString(exitCode));
    return Tree.of("metadata", new Tree(), "status", "Failure",
        "message", "command terminated with non-zero exit code: error executing command [" + String.join(" ", command) + "], exit code "
            + exitCode,
        "reason", "NonZeroExitCode", "details", Tree.of("causes", new ArrayList<Object>(List.of(cause))));
  }

  private void read() {
    try {
      for (Optional<WebSocket.Message> message = socket.receive(); message.isPresent(); message = socket.receive()) {
        received(message.get().bytes());
      }
    } catch (IOException e) {
      // the client has gone without a farewell
    }
    stdin.end();
    synchronized (this) {
      if (working) {
        worker.interrupt();
      }
    }
  }

  private void received(byte[] message) throws IOException {
    if (message.length == 0) {
      return;
    }
    int channel = message[0] & 0xff;
    if (channel == STDIN && message.length > 1 && isOn("input")) {
      stdin.output().write(message, 1, message.length - 1);
    } else if (channel == CLOSE && socket.protocol().equals(V5) && message.length == 2 && message[1] == STDIN) {
      stdin.end();
    }
  }

  boolean isOn(String stream) {
    return query.flag(stream);
  }

  InputStream input() {
    return stdin.input();
  }

  OutputStream output() {
    return stream(STDOUT, isOn("output"));
  }

  /** A terminal has one stream for both. */
  OutputStream error() {
    return isOn("tty") ? output() : stream(STDERR, isOn("error"));
  }

  private OutputStream stream(int channel, boolean wanted) {
    if (!wanted) {
      return OutputStream.nullOutputStream();
    }
    return new OutputStream() {
      @Override
      public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        send(channel, bytes, offset, length);
      }
    };
  }

  private void send(int channel, byte[] bytes, int offset, int length) throws IOException {
    byte[] message = new byte[length + 1];
    message[0] = (byte) channel;
    System.arraycopy(bytes, offset, message, 1, length);
    socket.sendBinary(message, 0, message.length);
  }
}
