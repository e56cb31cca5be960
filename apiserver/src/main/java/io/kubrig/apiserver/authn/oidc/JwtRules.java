package io.kubrig.apiserver.authn.oidc;

import io.kubrig.apiserver.authn.oidc.JwtMapping.Source;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.machinery.cel.CelEnvironment.CompileException;
import io.kubrig.machinery.cel.CelProgram;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads the mappings and rules of one JWT authenticator and says what is wrong with them. (Source:
 * apiserver/pkg/apis/apiserver/validation/validation.go.)
 */
final class JwtRules {
  private static final Pattern HTTP_PATH = Pattern.compile("[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+");
  private static final String BOTH = "claim and expression can't both be set";

  private final FieldErrors errors;
  private boolean readsEmail;
  private boolean readsEmailVerified;

  private JwtRules(FieldErrors errors) {
    this.errors = errors;
  }

  /** The mapping of an authenticator; only of use when nothing was wrong. */
  static JwtMapping read(Tree authenticator, FieldPath path, FieldErrors errors) {
    JwtRules rules = new JwtRules(errors);
    List<JwtMapping.RequiredClaim> required = new ArrayList<>();
    List<JwtMapping.Rule> claimRules =
        rules.claimRules(authenticator.trees("claimValidationRules"), path.child("claimValidationRules"), required);
    Tree mappings = authenticator.tree("claimMappings");
    FieldPath mappingsPath = path.child("claimMappings");
    Optional<Source> username = rules.source(mappings.tree("username"), mappingsPath.child("username"), true);
    if (username.isPresent() && username.get() instanceof Source.Expression expression) {
      rules.readsEmail = ClaimExpressions.reads(expression.program(), "email");
    }
    Optional<Source> groups = rules.source(mappings.tree("groups"), mappingsPath.child("groups"), false);
    Optional<Source> uid = rules.uid(mappings.tree("uid"), mappingsPath.child("uid"));
    List<JwtMapping.Extra> extra = rules.extra(mappings.trees("extra"), mappingsPath.child("extra"));
    if (rules.readsEmail && !rules.readsEmailVerified) {
      errors.invalid(
          mappingsPath.child("username", "expression"),
          mappings.tree("username").string("expression"),
          "claims.email_verified must be used in claimMappings.username.expression or claimMappings.extra[*].valueExpression or"
              + " claimValidationRules[*].expression when claims.email is used in claimMappings.username.expression");
    }
    List<JwtMapping.Rule> userRules = rules.userRules(authenticator.trees("userValidationRules"), path.child("userValidationRules"));
    return new JwtMapping(username.orElse(new Source.Claim("", "")), groups, uid, extra, required, claimRules, userRules);
  }

  // ---- rules ---------------------------------------------------------------------------------------------------------

  private List<JwtMapping.Rule> claimRules(List<Tree> rules, FieldPath path, List<JwtMapping.RequiredClaim> required) {
    List<JwtMapping.Rule> read = new ArrayList<>();
    Set<String> claims = new HashSet<>();
    Set<String> expressions = new HashSet<>();
    for (int i = 0; i < rules.size(); i++) {
      String claim = rules.get(i).string("claim");
      String expression = rules.get(i).string("expression");
      String message = rules.get(i).string("message");
      FieldPath at = path.index(i);
      if (!claim.isEmpty() && !expression.isEmpty()) {
        errors.invalid(at, claim, BOTH);
      } else if (claim.isEmpty() && expression.isEmpty()) {
        errors.required(at, "claim or expression is required");
      } else if (!claim.isEmpty()) {
        if (!message.isEmpty()) {
          errors.invalid(at.child("message"), message, "may not be specified when claim is set");
        }
        if (!claims.add(claim)) {
          errors.duplicate(at.child("claim"), claim);
        }
        required.add(new JwtMapping.RequiredClaim(claim, rules.get(i).string("requiredValue")));
      } else {
        if (!rules.get(i).string("requiredValue").isEmpty()) {
          errors.invalid(at.child("requiredValue"), rules.get(i).string("requiredValue"), "may not be specified when expression is set");
        }
        if (!expressions.add(expression)) {
          errors.duplicate(at.child("expression"), expression);
        } else {
          overClaims(expression, at.child("expression"), true)
              .ifPresent(program -> read.add(new JwtMapping.Rule(expression, message, program)));
        }
      }
    }
    return read;
  }

  private List<JwtMapping.Rule> userRules(List<Tree> rules, FieldPath path) {
    List<JwtMapping.Rule> read = new ArrayList<>();
    Set<String> expressions = new HashSet<>();
    for (int i = 0; i < rules.size(); i++) {
      String expression = rules.get(i).string("expression");
      String message = rules.get(i).string("message");
      FieldPath at = path.index(i).child("expression");
      if (expression.isEmpty()) {
        errors.required(at, "");
      } else if (!expressions.add(expression)) {
        errors.duplicate(at, expression);
      } else {
        compiled(ClaimExpressions::overUser, expression, at, true)
            .ifPresent(program -> read.add(new JwtMapping.Rule(expression, message, program)));
      }
    }
    return read;
  }

  // ---- mappings ------------------------------------------------------------------------------------------------------

  private Optional<Source> source(Tree mapping, FieldPath path, boolean needed) {
    String claim = mapping.string("claim");
    String expression = mapping.string("expression");
    boolean prefixed = mapping.get("prefix") != null;
    if (!claim.isEmpty() && !expression.isEmpty()) {
      errors.invalid(path, "", BOTH);
    } else if (claim.isEmpty() && expression.isEmpty() && needed) {
      errors.required(path, "claim or expression is required");
    } else if (!expression.isEmpty()) {
      if (prefixed) {
        errors.invalid(path.child("prefix"), mapping.string("prefix"), "may not be specified when expression is set");
      }
      return overClaims(expression, path.child("expression"), false).map(Source.Expression::new);
    } else if (!claim.isEmpty()) {
      if (!prefixed) {
        errors.required(path.child("prefix"),
            "prefix is required when claim is set. It can be set to an empty string to disable prefixing");
      }
      return Optional.of(new Source.Claim(claim, mapping.string("prefix")));
    }
    return Optional.empty();
  }

  private Optional<Source> uid(Tree mapping, FieldPath path) {
    String claim = mapping.string("claim");
    String expression = mapping.string("expression");
    if (!claim.isEmpty() && !expression.isEmpty()) {
      errors.invalid(path, "", BOTH);
      return Optional.empty();
    }
    if (!expression.isEmpty()) {
      return compiled(ClaimExpressions::overClaims, expression, path.child("expression"), false).map(Source.Expression::new);
    }
    return claim.isEmpty() ? Optional.empty() : Optional.of(new Source.Claim(claim, ""));
  }

  private List<JwtMapping.Extra> extra(List<Tree> mappings, FieldPath path) {
    List<JwtMapping.Extra> read = new ArrayList<>();
    Set<String> keys = new HashSet<>();
    for (int i = 0; i < mappings.size(); i++) {
      String key = mappings.get(i).string("key");
      String expression = mappings.get(i).string("valueExpression");
      FieldPath at = path.index(i);
      extraKey(key, at.child("key"));
      if (!keys.add(key)) {
        errors.duplicate(at.child("key"), key);
      } else if (expression.isEmpty()) {
        errors.required(at.child("valueExpression"), "");
      } else {
        overClaims(expression, at.child("valueExpression"), false)
            .ifPresent(program -> read.add(new JwtMapping.Extra(key, expression, program)));
      }
    }
    return read;
  }

  private void extraKey(String key, FieldPath path) {
    int slash = key.indexOf('/');
    if (key.isEmpty()) {
      errors.required(path, "");
    } else if (slash <= 0 || slash == key.length() - 1) {
      errors.invalid(path, key, "must be a domain-prefixed path (such as \"acme.io/foo\")");
    } else {
      String host = key.substring(0, slash);
      Names.dnsSubdomain(host).forEach(text -> errors.invalid(path, host, text));
      if (!HTTP_PATH.matcher(key.substring(slash + 1)).matches()) {
        errors.invalid(path, key.substring(slash + 1), "Invalid path (regex used for validation is '" + HTTP_PATH + "')");
      }
      if (reserved(host, "kubernetes.io") || reserved(host, "k8s.io")) {
        errors.invalid(path, key, "k8s.io, kubernetes.io and their subdomains are reserved for Kubernetes use");
      }
    }
    if (!key.equals(key.toLowerCase(Locale.ROOT))) {
      errors.invalid(path, key, "must be lowercase");
    }
  }

  private static boolean reserved(String host, String domain) {
    return host.equals(domain) || host.endsWith("." + domain);
  }

  // ---- expressions ---------------------------------------------------------------------------------------------------

  private interface Compilation {
    CelProgram of(String expression) throws CompileException;
  }

  private Optional<CelProgram> overClaims(String expression, FieldPath path, boolean condition) {
    Optional<CelProgram> program = compiled(ClaimExpressions::overClaims, expression, path, condition);
    program.ifPresent(compiled -> readsEmailVerified |= ClaimExpressions.reads(compiled, "email_verified"));
    return program;
  }

  private Optional<CelProgram> compiled(Compilation compilation, String expression, FieldPath path, boolean condition) {
    try {
      CelProgram program = compilation.of(expression);
      if (condition && !program.isBool()) {
        errors.invalid(path, expression, "must evaluate to bool");
        return Optional.empty();
      }
      return Optional.of(program);
    } catch (CompileException e) {
      errors.invalid(path, expression, "compilation failed: " + e.getMessage());
      return Optional.empty();
    }
  }
}
