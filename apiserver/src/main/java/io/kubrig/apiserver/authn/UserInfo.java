package io.kubrig.apiserver.authn;

import java.util.List;
import java.util.Map;

/**
 * Who asks.
 *
 * @param uid "" when the authenticator knows none
 */
public record UserInfo(String name, String uid, List<String> groups, Map<String, List<String>> extra) {
  public static final String ANONYMOUS = "system:anonymous";

  public UserInfo {
    groups = List.copyOf(groups);
    extra = Map.copyOf(extra);
  }

  public static UserInfo of(String name, String... groups) {
    return new UserInfo(name, "", List.of(groups), Map.of());
  }

  public boolean in(String group) {
    return groups.contains(group);
  }
}
