package io.kubrig.apiserver.authn;

import java.util.List;

/** Finds out whose a bearer token is. */
@FunctionalInterface
public interface TokenAuthenticator {

  /** @param audiences of which the token must be for at least one, where tokens of this sort have audiences */
  Identity authenticate(String token, List<String> audiences);
}
