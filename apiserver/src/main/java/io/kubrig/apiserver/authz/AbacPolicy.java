package io.kubrig.apiserver.authz;

import io.kubrig.apiserver.authn.UserInfo;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.json.JsonException;
import io.kubrig.machinery.tree.Tree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Attribute based access control: a file with one {@code Policy} of {@code abac.authorization.kubernetes.io/v1beta1} on each line, or one
 * of the older form without a version. Any line that matches allows. (Source: pkg/auth/authorizer/abac.)
 */
public final class AbacPolicy implements Authorizer {
  private static final Logger LOG = LoggerFactory.getLogger(AbacPolicy.class);
  private static final String VERSION = "abac.authorization.kubernetes.io/v1beta1";
  private static final String AUTHENTICATED = "system:authenticated";
  private static final String ALL = "*";
  private static final Set<String> READING = Set.of("get", "list", "watch");

  private final List<Line> lines;

  /** What one line allows; "" where it says nothing. */
  private record Line(String user, String group, String namespace, String resource, String apiGroup, String path, boolean readonly) {

    /** Whatever is said of the user must hold, and something must be said. */
    boolean isAbout(UserInfo asker) {
      boolean userFits = user.isEmpty() || user.equals(ALL) || user.equals(asker.name());
      boolean groupFits = group.isEmpty() || group.equals(ALL) || asker.in(group);
      return userFits && groupFits && !(user.isEmpty() && group.isEmpty());
    }

    boolean allows(Attributes asked) {
      if (!isAbout(asked.user()) || readonly && !READING.contains(asked.verb())) {
        return false;
      }
      return asked.resourceRequest() ? fits(namespace, asked.namespace()) && fits(resource, asked.resource())
          && fits(apiGroup, asked.group()) : fitsPath(asked.path());
    }

    private static boolean fits(String pattern, String value) {
      return pattern.equals(ALL) || pattern.equals(value);
    }

    private boolean fitsPath(String asked) {
      return path.equals(ALL) || path.equals(asked) || path.endsWith(ALL) && asked.startsWith(path.replaceAll("\\*+$", ""));
    }
  }

  private AbacPolicy(List<Line> lines) {
    this.lines = List.copyOf(lines);
  }

  /**
   * Reads a policy file.
   *
   * @throws IOException when it cannot be read
   * @throws IllegalArgumentException when a line is no policy
   */
  public static AbacPolicy read(Path file) throws IOException {
    List<Line> lines = new ArrayList<>();
    List<String> texts = Files.readAllLines(file);
    int old = 0;
    for (int i = 0; i < texts.size(); i++) {
      String text = texts.get(i).strip();
      if (text.isEmpty() || text.startsWith("#")) {
        continue;
      }
      try {
        Tree policy = Json.readTree(text);
        boolean versioned = policy.string("apiVersion").equals(VERSION) && policy.string("kind").equals("Policy");
        lines.add(versioned ? line(policy.tree("spec")) : oldLine(policy));
        old += versioned ? 0 : 1;
      } catch (JsonException e) {
        throw new IllegalArgumentException("error reading policy file " + file + ", line " + (i + 1) + ": " + text + ": " + e.getMessage(),
            e);
      }
    }
    if (old > 0) {
      LOG.warn("Policy file {} contained unversioned rules. See docs/admin/authorization.md#abac-mode for ABAC file format details.", file);
    }
    return new AbacPolicy(lines);
  }

  private static Line line(Tree spec) {
    boolean everybody = spec.string("user").equals(ALL) || spec.string("group").equals(ALL);
    return new Line(
        everybody ? "" : spec.string("user"),
        everybody ? AUTHENTICATED : spec.string("group"),
        spec.string("namespace"),
        spec.string("resource"),
        spec.string("apiGroup"),
        spec.string("nonResourcePath"),
        spec.bool("readonly"));
  }

  /** In the older form what is not said means everything. */
  private static Line oldLine(Tree policy) {
    String user = policy.string("user");
    String group = policy.string("group");
    boolean everybody = user.isEmpty() && group.isEmpty() || user.equals(ALL) || group.equals(ALL);
    String namespace = policy.string("namespace");
    String resource = policy.string("resource");
    return new Line(
        everybody ? "" : user,
        everybody ? AUTHENTICATED : group,
        namespace.isEmpty() ? ALL : namespace,
        resource.isEmpty() ? ALL : resource,
        ALL,
        namespace.isEmpty() && resource.isEmpty() ? ALL : "",
        policy.bool("readonly"));
  }

  @Override
  public Verdict authorize(Attributes asked) {
    return lines.stream().anyMatch(line -> line.allows(asked)) ? Verdict.allow("") : Verdict.noOpinion("No policy matched.");
  }

  @Override
  public UserRules rulesFor(UserInfo user, String namespace) {
    List<PolicyRule> rules = new ArrayList<>();
    for (Line line : lines) {
      if (!line.isAbout(user) || !line.namespace.equals(ALL) && !line.namespace.equals(namespace)) {
        continue;
      }
      List<String> verbs = line.readonly ? List.of("get", "list", "watch") : List.of(ALL);
      if (!line.resource.isEmpty()) {
        rules.add(new PolicyRule(verbs, List.of(line.apiGroup), List.of(line.resource), List.of(), List.of()));
      }
      if (!line.path.isEmpty()) {
        rules.add(new PolicyRule(verbs, List.of(), List.of(), List.of(), List.of(line.path)));
      }
    }
    return new UserRules(rules, false, "");
  }
}
