package io.kubrig.apiserver.authn;

import io.kubrig.apiserver.authz.Attributes;
import io.kubrig.apiserver.authz.Authorizer;
import io.kubrig.apiserver.authz.Verdict;
import io.kubrig.apiserver.http.Headers;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.apiserver.validation.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Acting as another user, by the {@code Impersonate-*} headers. The constrained ways (KEP-5284: a right to impersonate such users, and a
 * right to do this request while impersonating) are tried before the legacy one; the way that worked last for a user is tried first.
 */
public final class Impersonation {
  private static final String EXTRA_PREFIX = "Impersonate-Extra-";
  private static final String NODE_PREFIX = "system:node:";
  private static final String MASTERS = "system:masters";
  private static final String AUTHN_GROUP = "authentication.k8s.io";
  private static final int MANY = 4;

  private final Authorizer authorizer;
  private final BoundedCache<Mode> lastWay = new BoundedCache<>(10_000);

  public Impersonation(Authorizer authorizer) {
    this.authorizer = authorizer;
  }

  private enum Mode {
    ASSOCIATED_NODE("associated-node"),
    ARBITRARY_NODE("arbitrary-node"),
    SERVICE_ACCOUNT("serviceaccount"),
    USER_INFO("user-info"),
    LEGACY("");

    private final String text;

    Mode(String text) {
      this.text = text;
    }

    String verb() {
      return this == LEGACY ? "impersonate" : "impersonate:" + text;
    }
  }

  /**
   * Who a request acts as; empty when it acts as its sender. Removes the headers.
   *
   * @param request what the sender asks, with the sender as user
   * @throws ApiException 400 for headers without a user, 403
   */
  public Optional<UserInfo> impersonate(Headers headers, Attributes request) {
    UserInfo wanted =
        new UserInfo(
            headers.value("Impersonate-User"),
            headers.value("Impersonate-Uid"),
            headers.all("Impersonate-Group"),
            RequestHeader.extra(headers, List.of(EXTRA_PREFIX)));
    if (wanted.name().isEmpty()) {
      if (!wanted.uid().isEmpty() || !wanted.groups().isEmpty() || !wanted.extra().isEmpty()) {
        throw ApiException.badRequest("requested " + wanted + " without impersonating a user name");
      }
      return Optional.empty();
    }
    clear(headers);
    return Optional.of(tryAll(wanted, request));
  }

  private static void clear(Headers headers) {
    List<String> names = new ArrayList<>(List.of("Impersonate-User", "Impersonate-Uid", "Impersonate-Group"));
    headers.forEach(
        (name, value) -> {
          if (name.regionMatches(true, 0, EXTRA_PREFIX, 0, EXTRA_PREFIX.length())) {
            names.add(name);
          }
        });
    names.forEach(headers::remove);
  }

  private UserInfo tryAll(UserInfo wanted, Attributes request) {
    List<Mode> order = new ArrayList<>(List.of(Mode.values()));
    lastWay.get(request.user().name()).ifPresent(
        last -> {
          order.remove(last);
          order.addFirst(last);
        });
    ApiException first = null;
    for (Mode mode : order) {
      if (!applies(mode, wanted, request.user())) {
        continue;
      }
      try {
        UserInfo user = check(mode, wanted, request);
        lastWay.put(request.user().name(), mode);
        return user;
      } catch (ApiException refused) {
        first = first == null ? refused : first;
      }
    }
    throw first;
  }

  private static boolean applies(Mode mode, UserInfo wanted, UserInfo sender) {
    boolean nameOnly = wanted.uid().isEmpty() && wanted.groups().isEmpty() && wanted.extra().isEmpty();
    return switch (mode) {
      case ASSOCIATED_NODE -> nameOnly && node(wanted.name()).isPresent() && account(sender.name()).isPresent()
          && sender.extra().getOrDefault("authentication.kubernetes.io/node-name", List.of()).equals(List.of(node(wanted.name()).get()));
      case ARBITRARY_NODE -> nameOnly && node(wanted.name()).isPresent();
      case SERVICE_ACCOUNT -> nameOnly && account(wanted.name()).isPresent();
      case USER_INFO -> node(wanted.name()).isEmpty() && account(wanted.name()).isEmpty();
      case LEGACY -> true;
    };
  }

  private UserInfo check(Mode mode, UserInfo wanted, Attributes request) {
    UserInfo sender = mode == Mode.ASSOCIATED_NODE ? withoutExtra(request.user()) : request.user();
    if (mode != Mode.LEGACY) {
      require(
          new Attributes(sender, request.resourceRequest(), "impersonate-on:" + mode.text + ":" + request.verb(), request.group(),
              request.version(), request.namespace(), request.resource(), request.subresource(), request.name(), request.path(),
              request.fieldSelector(), request.labelSelector()));
    }
    List<String> groups = new ArrayList<>(requireName(mode, sender, wanted));
    if (!wanted.uid().isEmpty()) {
      require(asking(sender, mode, AUTHN_GROUP, "", "uids", "", wanted.uid()));
    }
    requireGroups(mode, sender, wanted.groups());
    requireExtra(mode, sender, wanted.extra());
    if (wanted.name().equals(UserInfo.ANONYMOUS)) {
      addOnce(groups, "system:unauthenticated");
    } else if (!groups.contains("system:unauthenticated")) {
      addOnce(groups, "system:authenticated");
    }
    return new UserInfo(wanted.name(), wanted.uid(), groups, wanted.extra());
  }

  private static UserInfo withoutExtra(UserInfo sender) {
    List<String> keys = sender.extra().keySet().stream().sorted().toList();
    return new UserInfo(sender.name(), sender.uid(), sender.groups(), Map.of("authentication.kubernetes.io/associated-node-keys", keys));
  }

  private static void addOnce(List<String> groups, String group) {
    if (!groups.contains(group)) {
      groups.add(group);
    }
  }

  private void require(Attributes asked) {
    Verdict verdict = authorizer.authorize(asked);
    if (!verdict.allows()) {
      throw asked.forbidden(verdict.reason());
    }
  }

  private static Attributes asking(UserInfo sender, Mode mode, String group, String namespace, String resource, String subresource,
      String name) {
    return Attributes.resource(sender, mode.verb(), group, "v1", namespace, resource, subresource, name);
  }

  private static String nameGroup(Mode mode) {
    return mode == Mode.LEGACY ? "" : AUTHN_GROUP;
  }

  /** Checks the right to the name and answers the groups that the user will have. */
  private List<String> requireName(Mode mode, UserInfo sender, UserInfo wanted) {
    Optional<String[]> account = account(wanted.name());
    if (account.isPresent()) {
      require(asking(sender, mode, nameGroup(mode), account.get()[0], "serviceaccounts", "", account.get()[1]));
      return wanted.groups().isEmpty() ? ServiceAccountTokens.groups(account.get()[0]) : wanted.groups();
    }
    Optional<String> node = node(wanted.name());
    if (mode != Mode.LEGACY && node.isPresent()) {
      require(asking(sender, mode, AUTHN_GROUP, "", "nodes", "", mode == Mode.ASSOCIATED_NODE ? "*" : node.get()));
      return List.of("system:nodes");
    }
    require(asking(sender, mode, nameGroup(mode), "", "users", "", wanted.name()));
    return wanted.groups();
  }

  private void requireGroups(Mode mode, UserInfo sender, List<String> groups) {
    if (mode != Mode.LEGACY) {
      if (groups.contains("")) {
        throw asking(sender, mode, AUTHN_GROUP, "", "groups", "", "").forbidden("impersonating the empty string group is not allowed");
      }
      if (groups.contains(MASTERS)) {
        throw asking(sender, mode, AUTHN_GROUP, "", "groups", "", MASTERS)
            .forbidden("impersonating the system:masters group is not allowed");
      }
      if (groups.size() >= MANY && authorizer.authorize(asking(sender, mode, AUTHN_GROUP, "", "groups", "", "*")).allows()) {
        return;
      }
    }
    for (String group : groups) {
      require(asking(sender, mode, nameGroup(mode), "", "groups", "", group));
    }
  }

  private void requireExtra(Mode mode, UserInfo sender, Map<String, List<String>> extra) {
    for (Map.Entry<String, List<String>> entry : extra.entrySet()) {
      if (mode != Mode.LEGACY && (entry.getKey().isEmpty() || entry.getValue().contains(""))) {
        throw asking(sender, mode, AUTHN_GROUP, "", "userextras", "", "")
            .forbidden(
                entry.getKey().isEmpty()
                    ? "impersonating the empty string key in extra is not allowed"
                    : "impersonating the empty string value in extra is not allowed");
      }
      for (String value : entry.getValue()) {
        require(asking(sender, mode, AUTHN_GROUP, "", "userextras", entry.getKey().toLowerCase(Locale.ROOT), value));
      }
    }
  }

  private static Optional<String> node(String user) {
    if (!user.startsWith(NODE_PREFIX)) {
      return Optional.empty();
    }
    String name = user.substring(NODE_PREFIX.length());
    return Names.dnsSubdomain(name).isEmpty() ? Optional.of(name) : Optional.empty();
  }

  /** Namespace and name of a service account's user name. */
  private static Optional<String[]> account(String user) {
    String[] parts = user.split(":", -1);
    boolean fits = parts.length == 4 && parts[0].equals("system") && parts[1].equals("serviceaccount") && !parts[2].isEmpty()
        && !parts[3].isEmpty();
    return fits ? Optional.of(new String[] {parts[2], parts[3]}) : Optional.empty();
  }
}
