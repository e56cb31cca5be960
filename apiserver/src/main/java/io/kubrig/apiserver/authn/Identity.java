package io.kubrig.apiserver.authn;

import java.util.List;

/** What an authenticator says of credentials. */
public sealed interface Identity {

  /**
   * They are good.
   *
   * @param audiences the audiences for which they are, of those that were asked for; empty when the authenticator does not know audiences
   */
  record Known(UserInfo user, List<String> audiences) implements Identity {
    public Known(UserInfo user) {
      this(user, List.of());
    }
  }

  /** They are not of this authenticator's sort. */
  record NotMine() implements Identity {}

  /** They are of this sort, and bad. */
  record Bad(String error) implements Identity {}

  Identity NOT_MINE = new NotMine();
}
