package io.kubrig.machinery.pki;

/** A key, certificate or kubeconfig file that cannot be used; the message names the file and what is wrong with it. */
public final class PkiException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public PkiException(String message) {
    super(message);
  }

  public PkiException(String message, Throwable cause) {
    super(message, cause);
  }
}
