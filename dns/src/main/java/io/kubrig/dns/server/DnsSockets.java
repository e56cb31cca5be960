package io.kubrig.dns.server;

import io.kubrig.machinery.component.StartException;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One address served over UDP and TCP. Each query has a virtual thread; beyond a bound of them datagrams are dropped and connections wait.
 */
public final class DnsSockets implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DnsSockets.class);
  private static final int MAX_QUERY = 4096;
  private static final int MAX_UNDERWAY = 1000;
  private static final int MAX_CONNECTIONS = 256;
  private static final int IDLE_MILLIS = 10_000;
  private static final int BUFFER = 4 << 20;

  private final QueryHandler handler;
  private final DatagramSocket udp;
  private final ServerSocket tcp;
  private final Semaphore underway = new Semaphore(MAX_UNDERWAY);
  private final Semaphore connections = new Semaphore(MAX_CONNECTIONS);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  private DnsSockets(QueryHandler handler, DatagramSocket udp, ServerSocket tcp) {
    this.handler = handler;
    this.udp = udp;
    this.tcp = tcp;
  }

  /**
   * Begins to serve; with port zero, both protocols share a port of the kernel's choice.
   *
   * @throws StartException when the address or port cannot be had
   */
  public static DnsSockets open(InetSocketAddress address, QueryHandler handler) {
    ServerSocket tcp = null;
    try {
      tcp = new ServerSocket();
      tcp.setReuseAddress(true);
      tcp.bind(address);
      DatagramSocket udp = new DatagramSocket(null);
      udp.setReceiveBufferSize(BUFFER);
      udp.bind(new InetSocketAddress(address.getAddress(), tcp.getLocalPort()));
      DnsSockets sockets = new DnsSockets(handler, udp, tcp);
      Thread.ofPlatform().name("dns-udp").daemon().start(sockets::serveUdp);
      Thread.ofPlatform().name("dns-tcp").daemon().start(sockets::serveTcp);
      return sockets;
    } catch (IOException problem) {
      closeQuietly(tcp);
      throw new StartException("the DNS server cannot listen on " + address.getAddress().getHostAddress() + ":" + address.getPort() + ": "
          + problem.getMessage()
          + ": stop what uses the port, or choose another address", problem);
    }
  }

  private static void closeQuietly(ServerSocket socket) {
    try {
      if (socket != null) {
        socket.close();
      }
    } catch (IOException ignored) {
      LOG.debug("closing a socket that could not be used", ignored);
    }
  }

  public int port() {
    return tcp.getLocalPort();
  }

  private void serveUdp() {
    byte[] buffer = new byte[MAX_QUERY];
    while (!udp.isClosed()) {
      try {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        udp.receive(packet);
        if (underway.tryAcquire()) {
          byte[] message = Arrays.copyOf(buffer, packet.getLength());
          threads.execute(() -> answer(message, (InetSocketAddress) packet.getSocketAddress()));
        }
      } catch (IOException | RuntimeException problem) {
        logUnlessClosed(problem);
      }
    }
  }

  private void answer(byte[] message, InetSocketAddress client) {
    try {
      Optional<byte[]> response = handler.handle(message, false);
      if (response.isPresent()) {
        udp.send(new DatagramPacket(response.get(), response.get().length, client));
      }
    } catch (IOException problem) {
      logUnlessClosed(problem);
    } finally {
      underway.release();
    }
  }

  private void serveTcp() {
    while (!tcp.isClosed()) {
      try {
        connections.acquire();
        Socket socket = tcp.accept();
        threads.execute(() -> converse(socket));
      } catch (InterruptedException stopped) {
        return;
      } catch (IOException | RuntimeException problem) {
        connections.release();
        logUnlessClosed(problem);
      }
    }
  }

  private void converse(Socket socket) {
    try (socket) {
      socket.setSoTimeout(IDLE_MILLIS);
      socket.setTcpNoDelay(true);
      DataInputStream in = new DataInputStream(socket.getInputStream());
      OutputStream out = socket.getOutputStream();
      for (int length = in.read(); length >= 0; length = in.read()) {
        byte[] message = in.readNBytes(length << 8 | in.readUnsignedByte());
        Optional<byte[]> response = handler.handle(message, true);
        if (response.isEmpty()) {
          return;
        }
        byte[] framed = new byte[response.get().length + 2];
        framed[0] = (byte) (response.get().length >> 8);
        framed[1] = (byte) response.get().length;
        System.arraycopy(response.get(), 0, framed, 2, response.get().length);
        out.write(framed);
      }
    } catch (IOException gone) {
      LOG.debug("A client ended its connection: {}", gone.getMessage());
    } finally {
      connections.release();
    }
  }

  private void logUnlessClosed(Exception problem) {
    if (!udp.isClosed() && !(problem instanceof SocketException && tcp.isClosed())) {
      LOG.warn("DNS socket: {}", problem.toString());
    }
  }

  @Override
  public void close() {
    udp.close();
    closeQuietly(tcp);
    threads.shutdownNow();
  }
}
