package io.kubrig.apiserver.server;

import io.kubrig.apiserver.proxy.BackendTls;
import io.kubrig.apiserver.proxy.Kubelets;
import io.kubrig.machinery.flags.ParsedFlags;
import io.kubrig.machinery.pki.ClusterPki;
import io.kubrig.machinery.pki.PemFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Supplier;

/** Reads the flags by which kubelets are reached; without any, the cluster's own keys are used. */
final class KubeletFlags {
  private KubeletFlags() {}

  /** Ready when first asked. */
  static Supplier<Kubelets> read(ApiServerFlags flags, ParsedFlags parsed, ClusterPki pki) {
    return new Supplier<>() {
      private Kubelets made;

      @Override
      public synchronized Kubelets get() {
        if (made == null) {
          made = make(flags, parsed, pki);
        }
        return made;
      }
    };
  }

  private static Kubelets make(ApiServerFlags flags, ParsedFlags parsed, ClusterPki pki) {
    boolean own = !parsed.isSet(flags.kubeletCert);
    Path certificate = own ? pki.file("apiserver-kubelet-client.crt") : Path.of(parsed.value(flags.kubeletCert));
    Path key = own ? pki.file("apiserver-kubelet-client.key") : Path.of(parsed.value(flags.kubeletKey));
    String ca = parsed.value(flags.kubeletCa);
    List<X509Certificate> authorities = ca.isEmpty() ? List.of() : PemFiles.certificates(Path.of(ca));
    try {
      return new Kubelets(
          BackendTls.context(PemFiles.privateKey(key), PemFiles.certificates(certificate), authorities),
          !authorities.isEmpty(),
          parsed.value(flags.kubeletAddressTypes),
          parsed.value(flags.kubeletTimeout));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
