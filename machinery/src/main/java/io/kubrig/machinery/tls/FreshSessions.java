package io.kubrig.machinery.tls;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

/**
 * Sockets none of which resumes a session of another, as native's clients do: each has a context of its own. A session that is resumed
 * keeps the certificate that was shown when it began, whatever the keys have become since.
 */
final class FreshSessions extends SSLSocketFactory {
  private final TlsImplementation implementation;
  private final KeyManager[] keys;
  private final TrustManager[] trust;
  private final SSLSocketFactory suites; // asked what there is, never for a socket

  /** @throws GeneralSecurityException when the managers cannot be used */
  FreshSessions(TlsImplementation implementation, KeyManager[] keys, TrustManager[] trust) throws GeneralSecurityException {
    this.implementation = implementation;
    this.keys = keys.clone();
    this.trust = trust.clone();
    suites = next();
  }

  private SSLSocketFactory next() throws GeneralSecurityException {
    return implementation.context(keys, trust).getSocketFactory();
  }

  private SSLSocketFactory fresh() throws IOException {
    try {
      return next();
    } catch (GeneralSecurityException e) {
      throw new IOException("no TLS with these keys any more: " + e.getMessage(), e);
    }
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return suites.getDefaultCipherSuites();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return suites.getSupportedCipherSuites();
  }

  @Override
  public Socket createSocket() throws IOException {
    return fresh().createSocket();
  }

  @Override
  public Socket createSocket(Socket plain, String host, int port, boolean closeBoth) throws IOException {
    return fresh().createSocket(plain, host, port, closeBoth);
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return fresh().createSocket(host, port);
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort) throws IOException {
    return fresh().createSocket(host, port, local, localPort);
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return fresh().createSocket(host, port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) throws IOException {
    return fresh().createSocket(host, port, local, localPort);
  }
}
