package io.kubrig.apiserver.authz;

/**
 * An authorizer's answer.
 *
 * @param reason for people, may be empty
 * @param error what kept an authorizer from deciding, "" for nothing; a request that is not allowed is then an internal error rather than
 *     forbidden
 */
public record Verdict(Decision decision, String reason, String error) {

  /** What an authorizer says; without any that allows, a request is refused. */
  public enum Decision {
    ALLOW,
    DENY,
    NO_OPINION
  }

  public static Verdict allow(String reason) {
    return new Verdict(Decision.ALLOW, reason, "");
  }

  public static Verdict deny(String reason) {
    return new Verdict(Decision.DENY, reason, "");
  }

  public static Verdict noOpinion(String reason) {
    return new Verdict(Decision.NO_OPINION, reason, "");
  }

  /** The decision of an authorizer that could not make one. */
  public static Verdict failed(Decision decision, String error) {
    return new Verdict(decision, "", error);
  }

  public boolean allows() {
    return decision == Decision.ALLOW;
  }
}
