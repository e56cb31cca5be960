package io.kubrig.apiserver.proxy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/** Failures of connections in the words of Go, which is what users search for. */
public final class GoErrors {
  /** What the implementations of TLS say when no TLS comes back. */
  private static final List<String> PLAIN_HTTP =
      List.of("plaintext connection", "Unrecognized", "unrecognized SSL", "Unable to parse TLS packet header");
  private static final Pattern ALERT = Pattern.compile("(?:fatal alert: |:SSLV3_ALERT_|:TLSV1_ALERT_)(\\w+)");

  private GoErrors() {}

  /** @param dialed where the connection was to */
  public static String text(IOException failure, InetSocketAddress dialed) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateException refused && String.valueOf(refused.getMessage()).startsWith("tls: ")) {
        return refused.getMessage();
      }
    }
    String dial = "dial tcp " + address(dialed) + ": ";
    String message = String.valueOf(failure.getMessage());
    return switch (failure) {
      case UnknownHostException unknown -> "dial tcp: lookup " + dialed.getHostString() + ": no such host";
      case NoRouteToHostException noRoute -> dial + "connect: no route to host";
      case ConnectException refused -> dial + "connect: " + lower(message.replaceFirst(" \\(.*", ""));
      case SocketTimeoutException timeout -> dial + "i/o timeout";
      case SSLException tls -> ofTls(message);
      case SocketException reset -> "read tcp " + address(dialed) + ": read: " + lower(message);
      default -> message;
    };
  }

  private static String ofTls(String message) {
    if (PLAIN_HTTP.stream().anyMatch(message::contains)) {
      return "http: server gave HTTP response to HTTPS client";
    }
    if (message.contains("terminated the handshake") || message.contains("connection closed")) {
      return "EOF";
    }
    Matcher alert = ALERT.matcher(message);
    return "remote error: tls: " + (alert.find() ? lower(alert.group(1)).replace('_', ' ') : message);
  }

  private static String address(InetSocketAddress address) {
    String host = address.getHostString();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
