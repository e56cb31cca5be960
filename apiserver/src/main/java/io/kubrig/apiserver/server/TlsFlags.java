package io.kubrig.apiserver.server;

import io.kubrig.machinery.flags.FlagException;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;

/** What {@code --tls-min-version} and {@code --tls-cipher-suites} mean to the JDK. */
final class TlsFlags {
  private static final List<String> OF_TLS_13 = List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256");

  private TlsFlags() {}

  /** The protocols that are spoken: never any before TLS 1.2. */
  static List<String> protocols(String minVersion) {
    return switch (minVersion) {
      case "", "VersionTLS10", "VersionTLS11", "VersionTLS12" -> List.of("TLSv1.3", "TLSv1.2");
      case "VersionTLS13" -> List.of("TLSv1.3");
      default -> throw new FlagException("unknown tls version \"" + minVersion + "\"");
    };
  }

  /** The suites that are offered, those of TLS 1.3 always; empty for the platform's choice. */
  static List<String> suites(List<String> names) {
    if (names.isEmpty()) {
      return List.of();
    }
    List<String> known = known();
    List<String> suites = new ArrayList<>(OF_TLS_13);
    for (String name : names) {
      if (!known.contains(name)) {
        throw new FlagException("Cipher suite " + name + " not supported or doesn't exist");
      }
      if (!suites.contains(name)) {
        suites.add(name);
      }
    }
    return List.copyOf(suites);
  }

  private static List<String> known() {
    try {
      return List.of(SSLContext.getDefault().getSupportedSSLParameters().getCipherSuites());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java runtime has no TLS", e);
    }
  }
}
