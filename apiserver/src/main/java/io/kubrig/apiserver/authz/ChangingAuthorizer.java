package io.kubrig.apiserver.authz;

import io.kubrig.apiserver.authn.UserInfo;

/** An authorizer that another one can take the place of, while requests come in. */
public final class ChangingAuthorizer implements Authorizer {
  private volatile Authorizer current;

  public ChangingAuthorizer(Authorizer first) {
    current = first;
  }

  /** From now on another one decides. */
  public void replace(Authorizer other) {
    current = other;
  }

  @Override
  public Verdict authorize(Attributes attributes) {
    return current.authorize(attributes);
  }

  @Override
  public UserRules rulesFor(UserInfo user, String namespace) {
    return current.rulesFor(user, namespace);
  }
}
