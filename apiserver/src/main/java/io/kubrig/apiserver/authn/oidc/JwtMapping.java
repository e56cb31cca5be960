package io.kubrig.apiserver.authn.oidc;

import io.kubrig.machinery.cel.CelProgram;
import java.util.List;
import java.util.Optional;

/**
 * How a user is made of claims.
 *
 * @param groups empty for no groups
 * @param uid empty for none
 * @param claimRules that hold of the claims of every accepted token
 * @param userRules that hold of every accepted user
 */
record JwtMapping(
    Source username,
    Optional<Source> groups,
    Optional<Source> uid,
    List<Extra> extra,
    List<RequiredClaim> required,
    List<Rule> claimRules,
    List<Rule> userRules) {

  /** Where a value comes from. */
  sealed interface Source {
    record Claim(String name, String prefix) implements Source {}

    record Expression(CelProgram program) implements Source {}
  }

  record Extra(String key, String expression, CelProgram program) {}

  record RequiredClaim(String claim, String value) {}

  record Rule(String expression, String message, CelProgram program) {}
}
