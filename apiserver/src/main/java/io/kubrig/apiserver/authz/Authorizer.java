package io.kubrig.apiserver.authz;

import io.kubrig.apiserver.authn.UserInfo;
import java.util.ArrayList;
import java.util.List;

/** Decides on requests. Safe for concurrent use; may block only when it asks another server. */
public interface Authorizer {

  Verdict authorize(Attributes attributes);

  /** What a user may do in a namespace as far as this authorizer can enumerate it. */
  default UserRules rulesFor(UserInfo user, String namespace) {
    return new UserRules(List.of(), true, getClass().getSimpleName() + " does not support user rule resolution");
  }

  /**
   * An enumeration of rules.
   *
   * @param incomplete whether there may be more
   * @param error why, "" for no reason
   */
  record UserRules(List<PolicyRule> rules, boolean incomplete, String error) {}

  /** Allows everything. */
  static Authorizer alwaysAllow() {
    return new Authorizer() {
      @Override
      public Verdict authorize(Attributes attributes) {
        return Verdict.allow("");
      }

      @Override
      public UserRules rulesFor(UserInfo user, String namespace) {
        return new UserRules(PolicyRule.EVERYTHING, false, "");
      }
    };
  }

  /** Refuses everything. */
  static Authorizer alwaysDeny() {
    return new Authorizer() {
      @Override
      public Verdict authorize(Attributes attributes) {
        return Verdict.noOpinion("Everything is forbidden.");
      }

      @Override
      public UserRules rulesFor(UserInfo user, String namespace) {
        return new UserRules(List.of(), false, "");
      }
    };
  }

  /** Members of a group may do everything: native's system:masters. */
  static Authorizer privileged(String group) {
    return new Authorizer() {
      @Override
      public Verdict authorize(Attributes attributes) {
        return attributes.user().in(group) ? Verdict.allow("") : Verdict.noOpinion("");
      }

      @Override
      public UserRules rulesFor(UserInfo user, String namespace) {
        return new UserRules(List.of(), false, "");
      }
    };
  }

  /** Asks several in order; reasons of those without an opinion are joined. */
  static Authorizer union(List<Authorizer> members) {
    List<Authorizer> all = List.copyOf(members);
    return new Authorizer() {
      @Override
      public Verdict authorize(Attributes attributes) {
        List<String> reasons = new ArrayList<>();
        List<String> errors = new ArrayList<>();
        for (Authorizer member : all) {
          Verdict verdict = member.authorize(attributes);
          if (verdict.decision() != Verdict.Decision.NO_OPINION) {
            return verdict;
          }
          if (!verdict.reason().isEmpty()) {
            reasons.add(verdict.reason());
          }
          if (!verdict.error().isEmpty()) {
            errors.add(verdict.error());
          }
        }
        String error = errors.size() > 1 ? "[" + String.join(", ", errors) + "]" : String.join("", errors);
        return new Verdict(Verdict.Decision.NO_OPINION, String.join("\n", reasons), error);
      }

      @Override
      public UserRules rulesFor(UserInfo user, String namespace) {
        List<PolicyRule> rules = new ArrayList<>();
        List<String> errors = new ArrayList<>();
        boolean incomplete = false;
        for (Authorizer member : all) {
          UserRules some = member.rulesFor(user, namespace);
          rules.addAll(some.rules());
          incomplete |= some.incomplete();
          if (!some.error().isEmpty()) {
            errors.add(some.error());
          }
        }
        return new UserRules(rules, incomplete, errors.size() > 1 ? "[" + String.join(", ", errors) + "]" : String.join("", errors));
      }
    };
  }
}
