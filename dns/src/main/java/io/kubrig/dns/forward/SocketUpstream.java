package io.kubrig.dns.forward;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;

/** Exchanges over sockets: a new one with a port of the kernel's choice for each, so that answers cannot be guessed. */
public final class SocketUpstream implements Upstream {
  private static final int MAX_UDP = 65535;

  @Override
  public byte[] exchange(InetSocketAddress server, byte[] query, boolean tcp, Duration timeout) throws IOException {
    return tcp ? overTcp(server, query, timeout) : overUdp(server, query, timeout);
  }

  private static byte[] overUdp(InetSocketAddress server, byte[] query, Duration timeout) throws IOException {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(server);
      socket.setSoTimeout((int) timeout.toMillis());
      socket.send(new DatagramPacket(query, query.length));
      byte[] buffer = new byte[MAX_UDP];
      while (true) {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        socket.receive(packet);
        if (packet.getLength() >= 2 && buffer[0] == query[0] && buffer[1] == query[1]) {
          return Arrays.copyOf(buffer, packet.getLength());
        }
      }
    }
  }

  private static byte[] overTcp(InetSocketAddress server, byte[] query, Duration timeout) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(server, (int) timeout.toMillis());
      socket.setSoTimeout((int) timeout.toMillis());
      byte[] framed = new byte[query.length + 2];
      framed[0] = (byte) (query.length >> 8);
      framed[1] = (byte) query.length;
      System.arraycopy(query, 0, framed, 2, query.length);
      socket.getOutputStream().write(framed);
      DataInputStream in = new DataInputStream(socket.getInputStream());
      return in.readNBytes(in.readUnsignedShort());
    }
  }
}
