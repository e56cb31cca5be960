package io.kubrig.apiserver.kinds.certificates;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a signer may put into {@code status.certificate}: PEM blocks of certificates and nothing else. */
final class IssuedCertificate {
  private static final Pattern BLOCK = Pattern.compile("-----BEGIN ([^\\n-]*)-----\\n(.*?)-----END \\1-----", Pattern.DOTALL);

  private IssuedCertificate() {}

  /** What is wrong with it; empty when nothing is, as with nothing at all. @param data base64, as it stands in the object */
  static Optional<String> trouble(String data) {
    if (data.isEmpty()) {
      return Optional.empty();
    }
    Matcher blocks = BLOCK.matcher(new String(Base64.getDecoder().decode(data), ISO_8859_1).replace("\r\n", "\n"));
    boolean any = false;
    while (blocks.find()) {
      any = true;
      if (!blocks.group(1).equals("CERTIFICATE")) {
        return Optional.of("only CERTIFICATE PEM blocks are allowed, found \"" + blocks.group(1) + "\"");
      }
      if (blocks.group(2).contains(":")) {
        return Optional.of("no PEM block headers are permitted");
      }
      Optional<String> trouble = parse(blocks.group(2));
      if (trouble.isPresent()) {
        return trouble;
      }
    }
    return any ? Optional.empty() : Optional.of("must contain at least one CERTIFICATE PEM block");
  }

  private static Optional<String> parse(String base64) {
    try {
      byte[] bytes = Base64.getMimeDecoder().decode(base64);
      if (bytes.length == 0) {
        return Optional.of("found CERTIFICATE PEM block containing 0 certificates");
      }
      CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(bytes));
      return Optional.empty();
    } catch (CertificateException | IllegalArgumentException e) {
      return Optional.of("x509: malformed certificate");
    }
  }
}
