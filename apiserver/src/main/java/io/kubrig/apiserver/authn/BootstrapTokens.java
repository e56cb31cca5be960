package io.kubrig.apiserver.authn;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubrig.apiserver.authz.ObjectReader;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.tree.Tree;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Tokens by which nodes join, kept as Secrets {@code bootstrap-token-ID} in kube-system. */
public final class BootstrapTokens implements TokenAuthenticator {
  private static final Pattern TOKEN = Pattern.compile("([a-z0-9]{6})\\.([a-z0-9]{16})");
  private static final Pattern EXTRA_GROUP = Pattern.compile("system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]");

  private final ObjectReader objects;
  private final Clock clock;

  public BootstrapTokens(ObjectReader objects, Clock clock) {
    this.objects = objects;
    this.clock = clock;
  }

  @Override
  public Identity authenticate(String token, List<String> audiences) {
    Matcher parts = TOKEN.matcher(token);
    if (!parts.matches()) {
      return Identity.NOT_MINE;
    }
    return objects
        .get("", "secrets", "kube-system", "bootstrap-token-" + parts.group(1))
        .filter(secret -> isGood(secret, parts.group(1), parts.group(2)))
        .<Identity>map(secret -> identity(secret, parts.group(1)))
        .orElse(Identity.NOT_MINE);
  }

  private boolean isGood(Tree secret, String id, String text) {
    return secret.tree("metadata").get("deletionTimestamp") == null
        && secret.string("type").equals("bootstrap.kubernetes.io/token")
        && Secrets.equal(data(secret, "token-secret"), text)
        && Secrets.equal(data(secret, "token-id"), id)
        && !isExpired(data(secret, "expiration"))
        && data(secret, "usage-bootstrap-authentication").equals("true");
  }

  private boolean isExpired(String expiration) {
    if (expiration.isEmpty()) {
      return false;
    }
    try {
      Instant until = OffsetDateTime.parse(expiration).toInstant();
      return clock.now().isAfter(until);
    } catch (DateTimeParseException unreadable) {
      return true;
    }
  }

  private static Identity identity(Tree secret, String id) {
    List<String> groups = new ArrayList<>(List.of("system:bootstrappers"));
    for (String group : data(secret, "auth-extra-groups").split(",")) {
      if (group.isEmpty()) {
        continue;
      }
      if (!EXTRA_GROUP.matcher(group).matches()) {
        return Identity.NOT_MINE;
      }
      groups.add(group);
    }
    return new Identity.Known(new UserInfo("system:bootstrap:" + id, "", groups, Map.of()));
  }

  private static String data(Tree secret, String key) {
    try {
      return new String(Base64.getDecoder().decode(secret.tree("data").string(key)), UTF_8);
    } catch (IllegalArgumentException notBase64) {
      return "";
    }
  }
}
