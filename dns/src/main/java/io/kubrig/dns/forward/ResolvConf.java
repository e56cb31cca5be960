package io.kubrig.dns.forward;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The resolvers that resolv.conf(5) or an option names; pure. */
public final class ResolvConf {
  private static final int PORT = 53;

  private ResolvConf() {
  }

  /** The name servers of a file's text, in order. */
  public static List<InetSocketAddress> nameservers(String text) {
    return text.lines().map(String::strip).filter(line -> line.startsWith("nameserver")).map(line -> line.split("\\s+"))
        .filter(words -> words.length > 1).flatMap(words -> server(words[1]).stream()).toList();
  }

  /** An address, with or without a port ({@code 1.1.1.1}, {@code 1.1.1.1:5353}, {@code [::1]:53}, {@code ::1}). */
  public static Optional<InetSocketAddress> server(String text) {
    return Stream.of(text).flatMap(whole -> parse(whole, PORT).or(() -> {
      int colon = whole.lastIndexOf(':');
      return colon < 0 || !whole.substring(colon + 1).matches("\\d{1,5}") ? Optional.empty()
          : parse(whole.substring(0, colon).replace("[", "").replace("]", ""), Integer.parseInt(whole.substring(colon + 1)));
    }).stream()).findFirst();
  }

  private static Optional<InetSocketAddress> parse(String host, int port) {
    try {
      return port > 65535 ? Optional.empty()
          : Optional.of(new InetSocketAddress(InetAddress.ofLiteral(host.replaceFirst("%.*", "")), port));
    } catch (IllegalArgumentException notAnAddress) {
      return Optional.empty();
    }
  }
}
