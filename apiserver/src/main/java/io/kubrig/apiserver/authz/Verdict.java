package io.kubrig.apiserver.authz;

/**
 * An authorizer's answer.
 *
 * @param reason for people, may be empty
 */
public record Verdict(Decision decision, String reason) {

  /** What an authorizer says; without any that allows, a request is refused. */
  public enum Decision {
    ALLOW,
    DENY,
    NO_OPINION
  }

  public static Verdict allow(String reason) {
    return new Verdict(Decision.ALLOW, reason);
  }

  public static Verdict deny(String reason) {
    return new Verdict(Decision.DENY, reason);
  }

  public static Verdict noOpinion(String reason) {
    return new Verdict(Decision.NO_OPINION, reason);
  }

  public boolean allows() {
    return decision == Decision.ALLOW;
  }
}
