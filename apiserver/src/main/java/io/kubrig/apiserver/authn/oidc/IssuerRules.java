package io.kubrig.apiserver.authn.oidc;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.machinery.pki.PemFiles;
import io.kubrig.machinery.pki.PkiException;
import io.kubrig.machinery.tree.Tree;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What is wrong with the issuer of a JWT authenticator. */
final class IssuerRules {
  private static final String MATCH_ANY = "MatchAny";

  private IssuerRules() {}

  static void check(Tree issuer, FieldPath path, List<String> ownIssuers, FieldErrors errors) {
    String url = issuer.string("url");
    String discovery = issuer.string("discoveryURL");
    if (url.isEmpty()) {
      errors.required(path.child("url"), "");
    } else {
      url(url, ownIssuers, path.child("url"), errors);
    }
    if (!discovery.isEmpty()) {
      if (stripped(url).equals(stripped(discovery))) {
        errors.invalid(path.child("discoveryURL"), discovery, "discoveryURL must be different from URL");
      }
      url(discovery, List.of(), path.child("discoveryURL"), errors);
    }
    audiences(issuer, path, errors);
    if (!issuer.string("certificateAuthority").isEmpty()) {
      try {
        PemFiles.certificates(issuer.string("certificateAuthority"), "certificateAuthority");
      } catch (PkiException e) {
        errors.invalid(path.child("certificateAuthority"), "<omitted>", "data does not contain any valid RSA or ECDSA certificates");
      }
    }
    if (!issuer.string("egressSelectorType").isEmpty()) {
      errors.invalid(path.child("egressSelectorType"), issuer.string("egressSelectorType"),
          "egress selectors are not supported by this server");
    }
  }

  private static String stripped(String url) {
    return url.replaceAll("/+$", "");
  }

  private static void url(String text, List<String> ownIssuers, FieldPath path, FieldErrors errors) {
    if (ownIssuers.contains(text)) {
      errors.invalid(path, text,
          "URL must not overlap with disallowed issuers: [" + String.join(" ", ownIssuers.stream().sorted().toList()) + "]");
    }
    try {
      URI uri = new URI(text);
      if (!"https".equals(uri.getScheme())) {
        errors.invalid(path, text, "URL scheme must be https");
      }
      if (uri.getUserInfo() != null) {
        errors.invalid(path, text, "URL must not contain a username or password");
      }
      if (uri.getRawQuery() != null) {
        errors.invalid(path, text, "URL must not contain a query");
      }
      if (uri.getRawFragment() != null) {
        errors.invalid(path, text, "URL must not contain a fragment");
      }
    } catch (URISyntaxException e) {
      errors.invalid(path, text, "parse \"" + text + "\": " + e.getReason());
    }
  }

  private static void audiences(Tree issuer, FieldPath path, FieldErrors errors) {
    FieldPath at = path.child("audiences");
    List<String> audiences = issuer.strings("audiences");
    if (audiences.isEmpty()) {
      errors.required(at, "at least one " + at + " is required");
      return;
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < audiences.size(); i++) {
      if (audiences.get(i).isEmpty()) {
        errors.required(at.index(i), "");
      }
      if (!seen.add(audiences.get(i))) {
        errors.duplicate(at.index(i), audiences.get(i));
      }
    }
    String policy = issuer.string("audienceMatchPolicy");
    if (audiences.size() > 1 && !policy.equals(MATCH_ANY)) {
      errors.invalid(path.child("audienceMatchPolicy"), policy, "audienceMatchPolicy must be MatchAny for multiple audiences");
    }
    if (audiences.size() == 1 && !policy.isEmpty() && !policy.equals(MATCH_ANY)) {
      errors.invalid(path.child("audienceMatchPolicy"), policy, "audienceMatchPolicy must be empty or MatchAny for single audience");
    }
  }
}
