package io.kubrig.dns.zone;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Names and addresses into each other; pure. */
public final class Names {
  private static final String REVERSE4 = ".in-addr.arpa";
  private static final String REVERSE6 = ".ip6.arpa";
  private static final int GROUPS = 8;

  private Names() {
  }

  static Optional<InetAddress> address(String literal) {
    try {
      return Optional.of(InetAddress.ofLiteral(literal));
    } catch (IllegalArgumentException notAnAddress) {
      return Optional.empty();
    }
  }

  /** The address in one fixed spelling, for use as a key. */
  public static String canonical(InetAddress address) {
    return address.getHostAddress();
  }

  /** 10-1-2-3, or 2001-db8--1 in the shortest IPv6 spelling. */
  static String dashed(InetAddress address) {
    return address.getAddress().length == 4 ? address.getHostAddress().replace('.', '-') : shortest(address).replace(':', '-');
  }

  /** The address that a pod's name spells with dashes: IPv4 when there are three, else IPv6. */
  static Optional<InetAddress> undashed(String label) {
    if (label.matches("\\d{1,3}-\\d{1,3}-\\d{1,3}-\\d{1,3}")) {
      return address(label.replace('-', '.'));
    }
    return label.matches("[0-9a-f-]*") && label.contains("-")
        ? address(label.replace('-', ':')).filter(found -> found.getAddress().length == 16) : Optional.empty();
  }

  /** The address that a name in in-addr.arpa or ip6.arpa stands for. */
  static Optional<InetAddress> reversed(String name) {
    if (name.endsWith(REVERSE4)) {
      List<String> parts = new ArrayList<>(List.of(name.substring(0, name.length() - REVERSE4.length()).split("\\.")));
      Collections.reverse(parts);
      return parts.size() == 4 && parts.stream().allMatch(part -> part.matches("\\d{1,3}")) ? address(String.join(".", parts))
          : Optional.empty();
    }
    if (name.endsWith(REVERSE6)) {
      String digits = new StringBuilder(name.substring(0, name.length() - REVERSE6.length()).replace(".", "")).reverse().toString();
      return digits.matches("[0-9a-f]{32}") ? address(digits.replaceAll("(.{4})(?!$)", "$1:")) : Optional.empty();
    }
    return Optional.empty();
  }

  private static String shortest(InetAddress address) {
    String full = address.getHostAddress();
    String[] groups = full.split(":");
    int start = -1;
    int best = 1;
    for (int i = 0; i < GROUPS; i++) {
      int length = 0;
      while (i + length < GROUPS && groups[i + length].equals("0")) {
        length++;
      }
      if (length > best) {
        start = i;
        best = length;
      }
    }
    return start < 0 ? full
        : String.join(":", List.of(groups).subList(0, start)) + "::" + String.join(":", List.of(groups).subList(start + best, GROUPS));
  }
}
