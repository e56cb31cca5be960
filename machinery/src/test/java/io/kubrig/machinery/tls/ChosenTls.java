package io.kubrig.machinery.tls;

/** A process of its own that says which implementation of TLS it has. */
final class ChosenTls {
  private ChosenTls() {}

  public static void main(String[] args) {
    System.out.println("chosen: " + TlsImplementation.best());
  }
}
