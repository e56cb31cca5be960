package io.kubrig.proxy;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Tells whoever connects, or sends a datagram, its name and the client's address. */
final class EchoServer implements AutoCloseable {
  private final String name;
  private final ServerSocket tcp;
  private final DatagramSocket udp;

  /** Opens both sockets on the calling thread, whose network namespace they belong to. */
  EchoServer(String name, String address, int port) throws IOException {
    this.name = name;
    this.tcp = new ServerSocket();
    tcp.bind(new InetSocketAddress(address, port), 256);
    this.udp = new DatagramSocket(new InetSocketAddress(address, port));
    Thread.ofPlatform().daemon().start(this::serveTcp);
    Thread.ofPlatform().daemon().start(this::serveUdp);
  }

  private void serveTcp() {
    while (!tcp.isClosed()) {
      try (Socket socket = tcp.accept()) {
        socket.getOutputStream().write(answer(socket.getInetAddress().getHostAddress()));
      } catch (IOException closed) {
        // the next round ends it
      }
    }
  }

  private void serveUdp() {
    byte[] buffer = new byte[64];
    while (!udp.isClosed()) {
      try {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        udp.receive(packet);
        byte[] answer = answer(packet.getAddress().getHostAddress());
        udp.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
      } catch (IOException closed) {
        // the next round ends it
      }
    }
  }

  private byte[] answer(String client) {
    return (name + " " + client).getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    tcp.close();
    udp.close();
  }
}
