package io.kubrig.machinery.flags;

/** A range of ports, both ends included. {@code 0-0} is the empty range. */
public record PortRange(int first, int last) {
  public PortRange {
    if (first < 0 || last > 65535 || first > last) {
      throw new IllegalArgumentException("the port range cannot be greater than 65535: " + first + "-" + last);
    }
  }

  public boolean isEmpty() {
    return last == 0;
  }

  public int size() {
    return isEmpty() ? 0 : last - first + 1;
  }

  public boolean contains(int port) {
    return !isEmpty() && port >= first && port <= last;
  }

  /** Reads {@code 30000-32767}, {@code 30000+2767} or a single port. */
  public static PortRange parse(String text) {
    String value = text.strip();
    if (value.isEmpty()) {
      return new PortRange(0, 0);
    }
    try {
      int dash = value.indexOf('-');
      int plus = value.indexOf('+');
      if (dash > 0) {
        return new PortRange(Integer.parseInt(value.substring(0, dash)), Integer.parseInt(value.substring(dash + 1)));
      }
      if (plus > 0) {
        int first = Integer.parseInt(value.substring(0, plus));
        return new PortRange(first, Math.min(65535, first + Integer.parseInt(value.substring(plus + 1))));
      }
      int port = Integer.parseInt(value);
      return new PortRange(port, port);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("unable to parse port range: " + value, e);
    }
  }

  @Override
  public String toString() {
    return isEmpty() ? "" : first + "-" + last;
  }
}
