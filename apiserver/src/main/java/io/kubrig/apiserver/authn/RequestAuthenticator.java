package io.kubrig.apiserver.authn;

import io.kubrig.apiserver.http.Exchange;

/** Finds out who sent a request. */
@FunctionalInterface
public interface RequestAuthenticator {
  Identity authenticate(Exchange exchange);
}
