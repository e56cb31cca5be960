package io.kubrig.apiserver.proxy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.util.Locale;
import javax.net.ssl.SSLException;

/** Failures of connections in the words of Go, which is what users search for. */
public final class GoErrors {
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
      case SSLException tls when message.contains("plaintext connection") || message.contains("Unrecognized")
          || message.contains("unrecognized SSL") ->
          "http: server gave HTTP response to HTTPS client";
      case SSLException tls when message.contains("terminated the handshake") -> "EOF";
      case SSLException tls -> "remote error: tls: " + message;
      case SocketException reset -> "read tcp " + address(dialed) + ": read: " + lower(message);
      default -> message;
    };
  }

  private static String address(InetSocketAddress address) {
    String host = address.getHostString();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
