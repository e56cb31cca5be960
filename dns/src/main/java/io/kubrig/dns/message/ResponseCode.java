package io.kubrig.dns.message;

/** How a query ended. */
public enum ResponseCode {
  NOERROR, FORMERR, SERVFAIL, NXDOMAIN, NOTIMP, REFUSED;

  /** The label of a number, for metrics. */
  public static String label(int code) {
    return code < values().length ? values()[code].name() : Integer.toString(code);
  }
}
