package io.kubrig.kubelet.certificate;

import java.security.cert.X509Certificate;
import java.util.List;

/** Whoever certifies keys on request. */
@FunctionalInterface
public interface CertificateSigner {

  /**
   * Asks for a certificate and waits for it.
   *
   * @param request PKCS #10 as PEM
   * @return the certificate and its issuers
   * @throws NotSignedException when it was refused, could not be asked for, or did not come in time
   */
  List<X509Certificate> sign(String request) throws InterruptedException;

  /** There is no certificate; another try may bring one. */
  final class NotSignedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** @param message why */
    public NotSignedException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
