package io.kubrig.apiserver.server;

import io.kubrig.apiserver.http.ServerKeys;
import io.kubrig.machinery.flags.FlagException;
import io.kubrig.machinery.pki.KeyAndCertificate;
import io.kubrig.machinery.pki.PemFiles;
import io.kubrig.machinery.pki.PkiException;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

/** What {@code --tls-min-version}, {@code --tls-cipher-suites} and {@code --tls-sni-cert-key} mean to the JDK. */
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

  /**
   * Keys for names.
   *
   * @param values {@code certificate,key} or {@code certificate,key:name,name}
   */
  static List<ServerKeys.Named> named(List<String> values) {
    return values.stream().map(TlsFlags::named).toList();
  }

  private static ServerKeys.Named named(String value) {
    int colon = value.indexOf(':');
    String names = colon < 0 ? "" : value.substring(colon + 1).strip();
    if (colon >= 0 && names.isEmpty()) {
      throw sni(value, "empty names list is not allowed");
    }
    String[] files = (colon < 0 ? value : value.substring(0, colon)).split(",", -1);
    if (files.length != 2) {
      throw sni(value, "expected comma separated certificate and key file paths");
    }
    try {
      KeyAndCertificate pair =
          new KeyAndCertificate(PemFiles.privateKey(Path.of(files[1].strip())), PemFiles.certificates(Path.of(files[0].strip())));
      return new ServerKeys.Named(pair, names.isEmpty() ? List.of() : Stream.of(names.split(",", -1)).map(String::strip).toList());
    } catch (PkiException e) {
      throw new FlagException("failed to load SNI cert and key: " + e.getMessage());
    }
  }

  private static FlagException sni(String value, String reason) {
    return new FlagException("invalid argument \"" + value + "\" for \"--tls-sni-cert-key\" flag: " + reason);
  }

  private static List<String> known() {
    try {
      return List.of(SSLContext.getDefault().getSupportedSSLParameters().getCipherSuites());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java runtime has no TLS", e);
    }
  }
}
