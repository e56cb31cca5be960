package io.kubrig.testkit;

import io.kubrig.apiserver.authn.ClientCertificates;
import io.kubrig.apiserver.authn.Identity;
import io.kubrig.apiserver.authn.RequestAuthenticator;
import io.kubrig.apiserver.authn.UserInfo;
import io.kubrig.apiserver.http.Exchange;
import io.kubrig.apiserver.http.Handler;
import io.kubrig.machinery.clock.Clock;
import java.util.List;

/**
 * Who calls a cluster's API. Clients of this JVM are who the test says, without keys and certificates: making and verifying those would
 * take longer than the rest of a start. Whoever comes through the opened port shows a certificate of the authority that is made with the
 * port.
 */
final class Callers implements RequestAuthenticator {
  private static final ScopedValue<UserInfo> CALLER = ScopedValue.newInstance();

  private final JvmKeys keys;
  private final Clock clock;
  private ClientCertificates certificates; // null until somebody shows one; guarded by this

  Callers(JvmKeys keys, Clock clock) {
    this.keys = keys;
    this.clock = clock;
  }

  /** A handler that is called in somebody's name. */
  static Handler as(UserInfo user, Handler server) {
    return exchange -> ScopedValue.where(CALLER, user).call(() -> {
      server.handle(exchange);
      return null;
    });
  }

  @Override
  public Identity authenticate(Exchange exchange) {
    if (CALLER.isBound()) {
      return new Identity.Known(CALLER.get());
    }
    return exchange.clientCertificates().isEmpty() ? Identity.NOT_MINE : certificates().authenticate(exchange);
  }

  private synchronized ClientCertificates certificates() {
    if (certificates == null) {
      certificates = new ClientCertificates(List.of(keys.authority().certificate()), clock);
    }
    return certificates;
  }
}
