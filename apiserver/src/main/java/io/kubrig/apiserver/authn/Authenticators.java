package io.kubrig.apiserver.authn;

import io.kubrig.apiserver.http.Exchange;
import io.kubrig.apiserver.http.Headers;
import io.kubrig.apiserver.http.RequestInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * All ways of authentication in native's order: front proxy, client certificate, token; the first that knows the user decides, and whoever
 * none knows is anonymous, provided that nothing bad was shown.
 */
public final class Authenticators {
  private static final String AUTHENTICATED = "system:authenticated";
  private static final String UNAUTHENTICATED = "system:unauthenticated";
  private static final UserInfo ANONYMOUS = new UserInfo(UserInfo.ANONYMOUS, "", List.of(UNAUTHENTICATED), Map.of());

  private final List<RequestAuthenticator> members;
  private final Predicate<RequestInfo> anonymous;

  /**
   * @param anonymous for which requests anonymous users are admitted ({@code --anonymous-auth}, or the paths of an
   * AuthenticationConfiguration)
   */
  public Authenticators(List<RequestAuthenticator> members, Predicate<RequestInfo> anonymous) {
    this.members = List.copyOf(members);
    this.anonymous = anonymous;
  }

  /** Known or Bad; the latter is an answer 401 whatever its text, which is for the log. */
  public Identity authenticate(Exchange exchange, RequestInfo info) {
    List<String> errors = new ArrayList<>();
    for (RequestAuthenticator member : members) {
      switch (member.authenticate(exchange)) {
        case Identity.Known known -> {
          clear(exchange.headers());
          return new Identity.Known(withAuthenticated(known.user()), known.audiences());
        }
        case Identity.Bad bad -> errors.add(bad.error());
        case Identity.NotMine ignored -> { }
      }
    }
    if (!errors.isEmpty()) {
      return new Identity.Bad(String.join(", ", errors));
    }
    return anonymous.test(info) ? new Identity.Known(ANONYMOUS) : new Identity.Bad("no credentials");
  }

  /** With the group of all authenticated users, unless that is said already. */
  public static UserInfo withAuthenticated(UserInfo user) {
    if (user.name().equals(UserInfo.ANONYMOUS) || user.in(AUTHENTICATED) || user.in(UNAUTHENTICATED)) {
      return user;
    }
    List<String> groups = new ArrayList<>(user.groups());
    groups.add(AUTHENTICATED);
    return new UserInfo(user.name(), user.uid(), groups, user.extra());
  }

  /** Credentials and what a front proxy says do not reach any further. */
  private static void clear(Headers headers) {
    headers.remove("Authorization").remove("X-Remote-User").remove("X-Remote-Uid").remove("X-Remote-Group");
    List<String> extras = new ArrayList<>();
    headers.forEach(
        (name, value) -> {
          if (name.regionMatches(true, 0, "X-Remote-Extra-", 0, 15)) {
            extras.add(name);
          }
        });
    extras.forEach(headers::remove);
  }

  public static boolean isAnonymous(UserInfo user) {
    return user.name().equals(UserInfo.ANONYMOUS) || user.in(UNAUTHENTICATED);
  }
}
