package io.kubrig.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A connection to a server of this machine that can be cut. */
final class Cable implements AutoCloseable {
  private final int target;
  private final ServerSocket end;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean cut; // written by cut, read by all who connect

  /** @param target the server's port */
  Cable(int target) {
    this.target = target;
    try {
      this.end = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().name("cable").start(this::accept);
  }

  /** The port that leads to the server. */
  int port() {
    return end.getLocalPort();
  }

  /** From now on nothing goes through: connections break, and new ones are not made. */
  void cut() {
    cut = true;
    open.forEach(Cable::close);
  }

  private void accept() {
    while (!end.isClosed()) {
      try {
        Socket near = end.accept();
        Thread.ofVirtual().start(() -> join(near));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void join(Socket near) {
    try (near; Socket far = new Socket(InetAddress.getLoopbackAddress(), target)) {
      open.add(near);
      open.add(far);
      if (cut) {
        return;
      }
      Thread back = Thread.ofVirtual().start(() -> copy(far, near));
      copy(near, far);
      back.join();
    } catch (IOException e) {
      // either side is gone: so is the connection
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void copy(Socket from, Socket to) {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      in.transferTo(out);
    } catch (IOException e) {
      // as good as its end
    }
    close(from);
    close(to);
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    cut();
    try {
      end.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
