package io.kubrig.apiserver.server;

import io.kubrig.machinery.tree.Tree;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * This server as the others on the same storage know it.
 *
 * @param hostname of the machine; two servers on one machine have one identity, as natively
 * @param host address under which other servers reach this one
 */
public record Peer(String hostname, String host, int port) {
  private static final String COMPONENT = "kube-apiserver";
  private static final String BASE32 = "abcdefghijklmnopqrstuvwxyz234567";
  private static final int HASHED = 16;

  /** Where it does not matter how the server is reached. */
  static Peer ofThisHost() throws UnknownHostException {
    return new Peer(InetAddress.getLocalHost().getHostName(), "", 0);
  }

  /** Name of its Lease: stays the same from one start to the next. (Source: apiserver/pkg/server/config.go.) */
  public String identity() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String text : new String[] {hostname, COMPONENT}) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update(new byte[] {(byte) (bytes.length >> 8), (byte) bytes.length});
        digest.update(bytes);
      }
      return "apiserver-" + base32(Arrays.copyOf(digest.digest(), HASHED));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }

  private static String base32(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    int held = 0;
    int bits = 0;
    for (byte next : bytes) {
      held = held << 8 | next & 0xFF;
      for (bits += 8; bits >= 5; bits -= 5) {
        text.append(BASE32.charAt(held >> bits - 5 & 31));
      }
      held &= (1 << bits) - 1;
    }
    return bits == 0 ? text.toString() : text.append(BASE32.charAt(held << 5 - bits & 31)).toString();
  }

  /** Host and port as in a URL. */
  String address() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }

  /** The port of an Endpoints object. */
  static Tree https(int port) {
    return Tree.of("name", "https", "port", (long) port, "protocol", "TCP");
  }
}
