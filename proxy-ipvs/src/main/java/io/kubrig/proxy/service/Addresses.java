package io.kubrig.proxy.service;

import io.kubrig.proxy.nftables.Family;
import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Reading of IP literals; never asks a resolver. */
public final class Addresses {
  private Addresses() {
  }

  /** The address that a literal stands for; empty for anything that is not one. */
  public static Optional<InetAddress> parse(String literal) {
    try {
      return literal == null ? Optional.empty() : Optional.of(InetAddress.ofLiteral(literal.strip()));
    } catch (IllegalArgumentException notAnAddress) {
      return Optional.empty();
    }
  }

  /** The addresses of one family among literals, in order. */
  public static List<InetAddress> ofFamily(List<String> literals, Family family) {
    return literals.stream().filter(Objects::nonNull).map(Addresses::parse).flatMap(Optional::stream)
        .filter(address -> Family.of(address) == family).toList();
  }

  /** address:port, with brackets around an IPv6 address in its shortest form. */
  public static String withPort(InetAddress address, int port) {
    return address.getAddress().length == 4 ? address.getHostAddress() + ":" + port : "[" + text(address) + "]:" + port;
  }

  /** The canonical text (RFC 5952 for IPv6). */
  public static String text(InetAddress address) {
    byte[] raw = address.getAddress();
    if (raw.length == 4) {
      return address.getHostAddress();
    }
    int[] groups = new int[8];
    for (int i = 0; i < 8; i++) {
      groups[i] = (raw[2 * i] & 0xff) << 8 | raw[2 * i + 1] & 0xff;
    }
    int bestStart = -1;
    int bestLength = 1;
    for (int start = 0; start < 8; start++) {
      int length = 0;
      while (start + length < 8 && groups[start + length] == 0) {
        length++;
      }
      if (length > bestLength) {
        bestStart = start;
        bestLength = length;
      }
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      if (i == bestStart) {
        text.append("::");
        i += bestLength - 1;
      } else {
        text.append(text.isEmpty() || text.charAt(text.length() - 1) == ':' ? "" : ":").append(Integer.toHexString(groups[i]));
      }
    }
    return text.toString();
  }
}
