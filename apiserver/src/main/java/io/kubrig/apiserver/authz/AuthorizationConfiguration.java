package io.kubrig.apiserver.authz;

import io.kubrig.apiserver.remote.RemoteServer;
import io.kubrig.apiserver.remote.ReviewCalls;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.duration.GoDuration;
import io.kubrig.machinery.json.JsonException;
import io.kubrig.machinery.tree.Tree;
import io.kubrig.machinery.yaml.Yaml;
import io.kubrig.machinery.yaml.YamlException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * The file of {@code --authorization-config}: {@code AuthorizationConfiguration} of {@code apiserver.config.k8s.io}, an ordered list of
 * authorizers. (Source: apiserver/pkg/apis/apiserver/validation/validation.go, KEP-3221.)
 *
 * @param authorizers in the order in which they are asked
 */
public record AuthorizationConfiguration(List<Entry> authorizers) {
  private static final Set<String> VERSIONS =
      Set.of("apiserver.config.k8s.io/v1", "apiserver.config.k8s.io/v1beta1", "apiserver.config.k8s.io/v1alpha1");
  private static final List<String> TYPES = List.of("ABAC", "AlwaysAllow", "AlwaysDeny", "Node", "RBAC", "Webhook");
  private static final List<String> REVIEWS = List.of("v1", "v1beta1");
  private static final Duration LONGEST_TIMEOUT = Duration.ofSeconds(30);

  /**
   * One authorizer.
   *
   * @param type a mode as in {@code --authorization-mode}
   * @param webhook of type Webhook only
   */
  public record Entry(String type, String name, Optional<Webhook> webhook) {}

  /** A webhook that is not connected yet. */
  public record Webhook(Path kubeconfig, Duration timeout, WebhookAuthorizer.Settings settings, MatchConditions conditions) {

    /** @throws IOException when the kubeconfig or a file that it names cannot be read */
    public Authorizer connect(Clock clock, RandomGenerator random) throws IOException {
      return new WebhookAuthorizer(new ReviewCalls(RemoteServer.of(kubeconfig), timeout, clock, random), settings, conditions, clock);
    }
  }

  /**
   * Reads a file.
   *
   * @throws IllegalArgumentException when it is not valid
   */
  public static AuthorizationConfiguration read(Path file) throws IOException {
    return read(Files.readString(file));
  }

  /** Reads the text of a file. */
  public static AuthorizationConfiguration read(String text) {
    Tree root;
    try {
      root = Yaml.readTree(text);
    } catch (YamlException | JsonException e) {
      throw new IllegalArgumentException("failed to load AuthorizationConfiguration from file: " + e.getMessage(), e);
    }
    if (!root.string("kind").equals("AuthorizationConfiguration") || !VERSIONS.contains(root.string("apiVersion"))) {
      throw new IllegalArgumentException(
          "failed to load AuthorizationConfiguration from file: no kind \"" + root.string("kind") + "\" is registered for version \""
              + root.string("apiVersion")
              + "\"");
    }
    FieldErrors errors = new FieldErrors();
    List<Entry> entries = entries(root.trees("authorizers"), FieldPath.of("authorizers"), errors);
    if (!errors.isEmpty()) {
      throw new IllegalArgumentException(errors.message());
    }
    return new AuthorizationConfiguration(entries);
  }

  private static List<Entry> entries(List<Tree> stated, FieldPath path, FieldErrors errors) {
    if (stated.isEmpty()) {
      errors.required(path, "at least one authorization mode must be defined");
    }
    List<Entry> entries = new ArrayList<>();
    Set<String> types = new HashSet<>();
    Set<String> names = new HashSet<>();
    for (int i = 0; i < stated.size(); i++) {
      FieldPath at = path.index(i);
      String type = stated.get(i).string("type");
      if (type.isEmpty()) {
        errors.required(at.child("type"), "");
      } else if (!TYPES.contains(type)) {
        errors.notSupported(at.child("type"), type, TYPES);
      } else if (!types.add(type) && !type.equals("Webhook")) {
        errors.duplicate(at.child("type"), type);
      } else {
        name(stated.get(i).string("name"), at.child("name"), names, errors);
        entries.add(new Entry(type, stated.get(i).string("name"), webhook(stated.get(i), type, at, errors)));
      }
    }
    return entries;
  }

  private static void name(String name, FieldPath path, Set<String> names, FieldErrors errors) {
    if (name.isEmpty()) {
      errors.required(path, "");
    } else if (!names.add(name)) {
      errors.duplicate(path, name);
    } else if (!Names.dnsSubdomain(name).isEmpty()) {
      errors.invalid(path, name, "authorizer name is invalid: " + String.join(", ", Names.dnsSubdomain(name)));
    }
  }

  private static Optional<Webhook> webhook(Tree entry, String type, FieldPath path, FieldErrors errors) {
    boolean stated = entry.get("webhook") != null;
    if (!type.equals("Webhook")) {
      if (stated) {
        errors.invalid(path.child("webhook"), "non-null", "may only be specified when type=Webhook");
      }
      return Optional.empty();
    }
    if (!stated) {
      errors.required(path.child("webhook"), "required when type=Webhook");
      return Optional.empty();
    }
    return Optional.of(settings(entry.tree("webhook"), entry.string("name"), path, errors));
  }

  private static Webhook settings(Tree webhook, String name, FieldPath path, FieldErrors errors) {
    Duration timeout = duration(webhook, "timeout", Duration.ZERO, path, errors);
    if (timeout.isZero()) {
      errors.required(path.child("timeout"), "");
    } else if (timeout.isNegative() || timeout.compareTo(LONGEST_TIMEOUT) > 0) {
      errors.invalid(path.child("timeout"), GoDuration.format(timeout), "must be > 0s and <= 30s");
    }
    Duration allowed = life(webhook, "authorizedTTL", Duration.ofMinutes(5), path, errors);
    Duration other = life(webhook, "unauthorizedTTL", Duration.ofSeconds(30), path, errors);
    String version = oneOf(webhook, "subjectAccessReviewVersion", REVIEWS, path, errors);
    List<Tree> conditions = webhook.trees("matchConditions");
    String conditionVersion = webhook.string("matchConditionSubjectAccessReviewVersion");
    FieldPath conditionPath = path.child("matchConditionSubjectAccessReviewVersion");
    if (conditionVersion.isEmpty() && !conditions.isEmpty()) {
      errors.required(conditionPath, "required if match conditions are specified");
    } else if (!conditionVersion.isEmpty() && !conditionVersion.equals("v1")) {
      errors.notSupported(conditionPath, conditionVersion, List.of("v1"));
    }
    String failure = oneOf(webhook, "failurePolicy", List.of("NoOpinion", "Deny"), path, errors);
    Path kubeconfig = kubeconfig(webhook.tree("connectionInfo"), path.child("connectionInfo"), errors);
    WebhookAuthorizer.Settings settings =
        new WebhookAuthorizer.Settings(
            name,
            version,
            webhook.bool("cacheAuthorizedRequests", true) ? allowed : Duration.ZERO,
            webhook.bool("cacheUnauthorizedRequests", true) ? other : Duration.ZERO,
            failure.equals("Deny") ? Verdict.Decision.DENY : Verdict.Decision.NO_OPINION);
    return new Webhook(kubeconfig, timeout, settings, MatchConditions.read(conditions, path.child("matchConditions"), errors));
  }

  private static Duration duration(Tree webhook, String name, Duration absent, FieldPath path, FieldErrors errors) {
    String text = webhook.string(name);
    if (text.isEmpty()) {
      return absent;
    }
    try {
      return GoDuration.parse(text);
    } catch (IllegalArgumentException e) {
      errors.invalid(path.child(name), text, e.getMessage());
      return absent;
    }
  }

  private static Duration life(Tree webhook, String name, Duration absent, FieldPath path, FieldErrors errors) {
    Duration life = duration(webhook, name, absent, path, errors);
    if (life.isNegative()) {
      errors.invalid(path.child(name), GoDuration.format(life), "must be > 0s");
    }
    return life.isZero() ? absent : life;
  }

  private static String oneOf(Tree webhook, String name, List<String> known, FieldPath path, FieldErrors errors) {
    String value = webhook.string(name);
    if (value.isEmpty()) {
      errors.required(path.child(name), "");
    } else if (!known.contains(value)) {
      errors.notSupported(path.child(name), value, known);
    }
    return value;
  }

  private static Path kubeconfig(Tree connection, FieldPath path, FieldErrors errors) {
    String type = connection.string("type");
    String file = connection.string("kubeConfigFile");
    FieldPath at = path.child("kubeConfigFile");
    switch (type) {
      case "" -> errors.required(path.child("type"), "");
      case "InClusterConfig" ->
          errors.invalid(path.child("type"), type, "this server does not run in a pod of its cluster: use KubeConfigFile");
      case "KubeConfigFile" -> {
        if (file.isEmpty()) {
          errors.required(at, "");
        } else if (!Path.of(file).isAbsolute()) {
          errors.invalid(at, file, "must be an absolute path");
        } else if (!Files.exists(Path.of(file))) {
          errors.invalid(at, file, "error loading file: stat " + file + ": no such file or directory");
        } else if (!Files.isRegularFile(Path.of(file))) {
          errors.invalid(at, file, "must be a regular file");
        }
      }
      default -> errors.notSupported(path.child("type"), connection, List.of("InClusterConfig", "KubeConfigFile"));
    }
    return Path.of(file);
  }
}
