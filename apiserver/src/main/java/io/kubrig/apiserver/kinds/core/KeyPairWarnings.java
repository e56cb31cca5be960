package io.kubrig.apiserver.kinds.core;

import io.kubrig.machinery.pki.PemFiles;
import io.kubrig.machinery.pki.PkiException;
import io.kubrig.machinery.tree.Tree;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is wrong with the pair of certificate and key in a Secret of type {@code kubernetes.io/tls}: a warning only. */
final class KeyPairWarnings {
  private static final Pattern BEGIN = Pattern.compile("(?m)^-----BEGIN ([^-\\n]+)-----\\s*$");

  private KeyPairWarnings() {}

  /** The first thing that is wrong, in the words of Go's TLS library; empty when nothing is. */
  static Optional<String> of(Tree data) {
    String certificate = text(data, "tls.crt");
    String key = text(data, "tls.key");
    return missing(certificate, List.of("CERTIFICATE"), "certificate", "CERTIFICATE")
        .or(() -> missing(key, List.of("PRIVATE KEY"), "key", "PRIVATE KEY"))
        .or(() -> mismatch(certificate, key));
  }

  private static String text(Tree data, String name) {
    return new String(Base64.getDecoder().decode(data.string(name)), StandardCharsets.ISO_8859_1);
  }

  /** Says so where no block of PEM has a type that ends as wanted. */
  private static Optional<String> missing(String text, List<String> endings, String input, String wanted) {
    List<String> types = new ArrayList<>();
    Matcher begin = BEGIN.matcher(text);
    while (begin.find()) {
      String type = begin.group(1);
      if (endings.stream().anyMatch(ending -> type.equals(ending) || type.endsWith(" " + ending))) {
        return Optional.empty();
      }
      types.add(type);
    }
    return Optional.of(
        types.isEmpty()
            ? "tls: failed to find any PEM data in " + input + " input"
            : other(types, input, wanted));
  }

  private static String other(List<String> types, String input, String wanted) {
    if (input.equals("certificate") && types.size() == 1 && types.getFirst().endsWith("PRIVATE KEY")) {
      return "tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched";
    }
    if (input.equals("key") && types.size() == 1 && types.getFirst().equals("CERTIFICATE")) {
      return "tls: found a certificate rather than a key in the PEM for the private key";
    }
    String skipped = "[" + String.join(" ", types) + "]";
    String found =
        input.equals("certificate") ? "\"" + wanted + "\" PEM block in" : "PEM block with type ending in \"" + wanted + "\" in";
    return "tls: failed to find " + found + " " + input + " input after skipping PEM blocks of the following types: " + skipped;
  }

  private static Optional<String> mismatch(String certificate, String key) {
    PublicKey known;
    try {
      known = PemFiles.certificates(certificate, "tls.crt").getFirst().getPublicKey();
    } catch (PkiException e) {
      return Optional.of("x509: malformed certificate");
    }
    PrivateKey secret;
    try {
      secret = PemFiles.privateKey(key, "tls.key");
    } catch (PkiException e) {
      return Optional.of("tls: failed to parse private key");
    }
    if (!secret.getAlgorithm().equals(known.getAlgorithm())) {
      return Optional.of("tls: private key type does not match public key type");
    }
    return belong(secret, known) ? Optional.empty() : Optional.of("tls: private key does not match public key");
  }

  private static boolean belong(PrivateKey secret, PublicKey known) {
    String algorithm =
        switch (secret.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> secret.getAlgorithm();
        };
    try {
      Signature signer = Signature.getInstance(algorithm);
      signer.initSign(secret);
      signer.update(known.getEncoded());
      byte[] signature = signer.sign();
      signer.initVerify(known);
      signer.update(known.getEncoded());
      return signer.verify(signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
