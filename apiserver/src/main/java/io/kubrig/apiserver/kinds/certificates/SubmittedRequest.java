package io.kubrig.apiserver.kinds.certificates;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.kubrig.machinery.pki.CertificateRequest;
import io.kubrig.machinery.pki.PkiException;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a requester may put into {@code spec.request}: a PEM block with a request (PKCS #10) that is signed by its own key. */
final class SubmittedRequest {
  private static final Pattern BLOCK =
      Pattern.compile("^-----BEGIN ([^\\n-]*)-----[ \\t]*\\n(?:.*?\\n)??-----END \\1-----", Pattern.DOTALL | Pattern.MULTILINE);

  private SubmittedRequest() {}

  /** What is wrong with it; empty when nothing is, or nothing that can be checked here. @param data base64, as it stands in the object */
  static Optional<String> trouble(String data) {
    Matcher block = BLOCK.matcher(new String(Base64.getDecoder().decode(data), ISO_8859_1).replace("\r\n", "\n"));
    if (!block.find() || !block.group(1).equals("CERTIFICATE REQUEST")) {
      return Optional.of("PEM block type must be CERTIFICATE REQUEST");
    }
    try {
      CertificateRequest.parse(block.group());
      return Optional.empty();
    } catch (PkiException e) {
      return e.getCause() == null ? Optional.of(e.getMessage()) : Optional.empty();
    }
  }
}
