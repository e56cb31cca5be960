package io.kubrig.dns.message;

import java.net.InetAddress;

/** A resource record of class IN. Names have no final dot. */
public record Record(String name, int ttlSeconds, Data data) {

  /** What a record says. */
  public sealed interface Data {
    int type();
  }

  /** An IPv4 or IPv6 address. */
  public record Address(InetAddress address) implements Data {
    @Override
    public int type() {
      return address.getAddress().length == 4 ? Type.A : Type.AAAA;
    }
  }

  /** Another name: of type CNAME, PTR or NS. */
  public record Name(int type, String target) implements Data {
  }

  /** Where a service is. */
  public record Service(int priority, int weight, int port, String target) implements Data {
    @Override
    public int type() {
      return Type.SRV;
    }
  }

  /** One string, at most 255 bytes. */
  public record Text(String text) implements Data {
    @Override
    public int type() {
      return Type.TXT;
    }
  }

  /** The start of a zone of authority. {@code minimum} is how long absence may be remembered. Unit: seconds. */
  public record Authority(String server, String mailbox, long serial, int refresh, int retry, int expire, int minimum) implements Data {
    @Override
    public int type() {
      return Type.SOA;
    }
  }
}
