package io.kubrig.apiserver.authn;

import io.kubrig.apiserver.authn.oidc.JwtTokens;
import java.util.ArrayList;
import java.util.List;

/** Authenticators of tokens that others can take the place of, while requests come in. */
public final class ChangingTokens implements TokenAuthenticator, AutoCloseable {
  private volatile List<? extends TokenAuthenticator> current;
  private volatile AutoCloseable cause = () -> {};

  public ChangingTokens(List<? extends TokenAuthenticator> first) {
    current = List.copyOf(first);
  }

  /** From now on others are asked; those before are closed. */
  public void replace(List<? extends TokenAuthenticator> others) {
    List<? extends TokenAuthenticator> before = current;
    current = List.copyOf(others);
    close(before);
  }

  /** What has them replaced; closed with this. */
  public void follow(AutoCloseable following) {
    cause = following;
  }

  @Override
  public Identity authenticate(String token, List<String> audiences) {
    List<String> errors = new ArrayList<>();
    for (TokenAuthenticator authenticator : current) {
      switch (authenticator.authenticate(token, audiences)) {
        case Identity.Known known -> {
          return known;
        }
        case Identity.Bad bad -> errors.add(bad.error());
        case Identity.NotMine ignored -> { }
      }
    }
    return errors.isEmpty() ? Identity.NOT_MINE : new Identity.Bad(String.join(", ", errors));
  }

  private static void close(List<? extends TokenAuthenticator> authenticators) {
    for (TokenAuthenticator authenticator : authenticators) {
      if (authenticator instanceof JwtTokens tokens) {
        tokens.close();
      }
    }
  }

  @Override
  public void close() {
    try {
      cause.close();
    } catch (Exception e) {
      throw new IllegalStateException("what replaces authenticators cannot be ended", e);
    }
    close(current);
  }
}
