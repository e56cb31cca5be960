package io.kubrig.proxy.service;

import java.util.Locale;
import java.util.Optional;

/** Transport protocols of service ports, with their IP protocol numbers. */
public enum Protocol {
  TCP(6), UDP(17), SCTP(132);

  private final int number;

  Protocol(int number) {
    this.number = number;
  }

  public int number() {
    return number;
  }

  /** The name as nft and chain names spell it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The protocol of an API field, where absence means TCP; empty for a name that is none of the three. */
  public static Optional<Protocol> parse(String name) {
    return switch (name == null ? "TCP" : name) {
      case "", "TCP" -> Optional.of(TCP);
      case "UDP" -> Optional.of(UDP);
      case "SCTP" -> Optional.of(SCTP);
      default -> Optional.empty();
    };
  }
}
