package io.kubrig.apiserver.authn;

import io.kubrig.machinery.flags.CsvLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The tokens of {@code --token-auth-file}: lines of {@code token,user,uid[,"group,group"]}. */
public final class StaticTokens implements TokenAuthenticator {
  private static final Logger LOG = LoggerFactory.getLogger(StaticTokens.class);

  private final Map<String, UserInfo> users;

  private StaticTokens(Map<String, UserInfo> users) {
    this.users = Map.copyOf(users);
  }

  /** @throws IOException also when a line does not have its three columns */
  public static StaticTokens read(Path file) throws IOException {
    Map<String, UserInfo> users = new HashMap<>();
    int number = 0;
    for (String line : Files.readAllLines(file)) {
      number++;
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      List<String> columns = CsvLine.split(line);
      if (columns.size() < 3) {
        throw new IOException("token file '" + file + "' must have at least 3 columns (token, user name, user uid), found "
            + columns.size());
      }
      if (columns.get(0).isEmpty()) {
        LOG.warn("empty token has been found in token file '{}', record number '{}'", file, number);
        continue;
      }
      UserInfo user = new UserInfo(columns.get(1), columns.get(2), groups(columns), Map.of());
      if (users.put(Secrets.fingerprint(columns.get(0)), user) != null) {
        LOG.warn("duplicate token has been found in token file '{}', record number '{}'", file, number);
      }
    }
    return new StaticTokens(users);
  }

  private static List<String> groups(List<String> columns) {
    List<String> groups = new ArrayList<>();
    if (columns.size() > 3 && !columns.get(3).isEmpty()) {
      for (String group : columns.get(3).split(",")) {
        groups.add(group.strip());
      }
    }
    return groups;
  }

  @Override
  public Identity authenticate(String token, List<String> audiences) {
    UserInfo user = users.get(Secrets.fingerprint(token));
    return user == null ? Identity.NOT_MINE : new Identity.Known(user);
  }
}
