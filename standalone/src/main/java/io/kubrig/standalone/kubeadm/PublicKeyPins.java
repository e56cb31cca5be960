package io.kubrig.standalone.kubeadm;

import io.kubrig.machinery.component.StartException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The public keys that are trusted, each as {@code sha256:} and the hash of its Subject Public Key Info (RFC 7469).
 *
 * @param hashes in lower case
 */
public record PublicKeyPins(Set<String> hashes) {
  private static final int BYTES = 32;

  public PublicKeyPins {
    hashes = Set.copyOf(hashes);
  }

  /** @throws StartException when a text is no pin */
  public static PublicKeyPins of(List<String> texts) {
    Set<String> hashes = new HashSet<>();
    for (String text : texts) {
      String[] parts = text.split(":", -1);
      if (parts.length != 2) {
        throw invalid("invalid hash, expected \"format:hex-value\". Known format(s) are: sha256");
      }
      if (!parts[0].toLowerCase(Locale.ROOT).equals("sha256")) {
        throw invalid("unknown hash format \"" + parts[0] + "\". Known format(s) are: sha256");
      }
      if (parts[1].length() / 2 != BYTES) {
        throw invalid("invalid hash \"" + text + "\", expected a " + BYTES + " byte SHA-256 hash, found " + parts[1].length() / 2
            + " bytes");
      }
      if (!parts[1].matches("[0-9a-fA-F]{64}")) {
        throw invalid("invalid hash \"" + text + "\", could not decode SHA-256 from hex");
      }
      hashes.add("sha256:" + parts[1].toLowerCase(Locale.ROOT));
    }
    return new PublicKeyPins(hashes);
  }

  private static StartException invalid(String problem) {
    return new StartException("invalid discovery token CA certificate hash: " + problem + " (--discovery-token-ca-cert-hash; "
        + "'kubrig token create --print-join-command' prints the right one)");
  }

  /** The pin of a certificate. */
  public static String hash(X509Certificate certificate) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate.getPublicKey().getEncoded());
      return "sha256:" + HexFormat.of().formatHex(digest);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK offers no SHA-256", e);
    }
  }

  /** @throws StartException when none of the certificates is trusted */
  public void check(List<X509Certificate> certificates) {
    if (certificates.stream().map(PublicKeyPins::hash).noneMatch(hashes::contains)) {
      throw new StartException("none of the public keys \"" + certificates.stream().map(PublicKeyPins::hash)
          .collect(Collectors.joining(":")) + "\" are pinned");
    }
  }
}
