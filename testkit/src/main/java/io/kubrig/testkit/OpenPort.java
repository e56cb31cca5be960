package io.kubrig.testkit;

import io.kubrig.apiserver.http.Handler;
import io.kubrig.apiserver.http.HttpServer;
import io.kubrig.apiserver.http.ServerOptions;
import io.kubrig.apiserver.http.Tls;
import io.kubrig.machinery.pki.CertificateSpec;
import io.kubrig.machinery.pki.KeyAndCertificate;
import io.kubrig.machinery.pki.Kubeconfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;

/** A cluster's API on a free port of the loopback interface, for clients that are no Fabric8 clients of this JVM. */
final class OpenPort implements AutoCloseable {
  private final HttpServer front;
  private final JvmKeys serving = JvmKeys.at(Instant.now()); // clients verify it by their own clock
  private final JvmKeys users;

  /** @param users who vouches for the clients */
  OpenPort(Handler server, JvmKeys users) {
    this.users = users;
    InetAddress loopback = InetAddress.getLoopbackAddress();
    KeyAndCertificate own = serving.serving(CertificateSpec.server("kubrig", List.of("localhost"), List.of(loopback)));
    try {
      Tls tls = Tls.of(own.key(), own.chain(), List.of(users.authority().certificate()));
      front = HttpServer.start(ServerOptions.on(new InetSocketAddress(loopback, 0)), tls, server);
    } catch (IOException e) {
      throw new UncheckedIOException("no port could be opened on " + loopback, e);
    }
  }

  /** A kubeconfig for a user. */
  String kubeconfig(String user, String... groups) {
    String address = "https://" + front.address().getAddress().getHostAddress() + ":" + front.address().getPort();
    return new Kubeconfig(address, serving.authority().certificate(), "kubrig", user, users.portable(user, groups)).text();
  }

  @Override
  public void close() {
    front.close();
  }
}
