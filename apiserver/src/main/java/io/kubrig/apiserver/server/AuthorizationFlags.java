package io.kubrig.apiserver.server;

import io.kubrig.apiserver.authz.AbacPolicy;
import io.kubrig.apiserver.authz.AuthorizationConfiguration;
import io.kubrig.apiserver.authz.Verdict;
import io.kubrig.apiserver.authz.WebhookAuthorizer;
import io.kubrig.apiserver.remote.RemoteServer;
import io.kubrig.apiserver.remote.ReviewCalls;
import io.kubrig.apiserver.server.SecuritySettings.Mode;
import io.kubrig.machinery.component.Environment;
import io.kubrig.machinery.flags.FlagException;
import io.kubrig.machinery.flags.ParsedFlags;
import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Reads which authorizers are asked, in which order: by {@code --authorization-mode} or by a configuration file. */
final class AuthorizationFlags {
  private static final Duration WEBHOOK_PATIENCE = Duration.ofSeconds(30);

  private final ApiServerFlags flags;
  private final ParsedFlags parsed;
  private final Environment environment;

  AuthorizationFlags(ApiServerFlags flags, ParsedFlags parsed, Environment environment) {
    this.flags = flags;
    this.parsed = parsed;
    this.environment = environment;
  }

  List<Mode> modes() throws IOException {
    String file = parsed.value(flags.authorizationConfig);
    List<Mode> modes = new ArrayList<>();
    if (!file.isEmpty()) {
      boolean others =
          Stream.of(
                  flags.authorizationMode, flags.authorizationWebhookConfig, flags.authorizationWebhookVersion,
                      flags.authorizationWebhookAuthorizedTtl,
                  flags.authorizationWebhookUnauthorizedTtl)
              .anyMatch(parsed::isSet);
      if (others) {
        throw new FlagException("--authorization-config can not be specified when --authorization-mode or --authorization-webhook-* "
            + "flags are defined");
      }
      String text = Files.readString(Path.of(file));
      modes.add(new Mode.Followed(configured(text), use -> follow(Path.of(file), text, use)));
      return modes;
    }
    List<String> names = parsed.value(flags.authorizationMode).isEmpty() ? List.of("Node", "RBAC") : parsed.value(flags.authorizationMode);
    check(names);
    for (String name : names) {
      modes.add(mode(name));
    }
    return modes;
  }

  private List<Mode> configured(String text) throws IOException {
    List<Mode> modes = new ArrayList<>();
    for (AuthorizationConfiguration.Entry entry : AuthorizationConfiguration.read(text).authorizers()) {
      modes.add(
          entry.webhook().isPresent() ? new Mode.Given(entry.webhook().get().connect(environment.clock(), environment.random()))
              : mode(entry.type()));
    }
    return modes;
  }

  private AutoCloseable follow(Path file, String text, Consumer<List<Mode>> use) {
    try {
      FollowedFile.Metrics metrics =
          new FollowedFile.Metrics(environment.metrics(), environment.clock(), "authorization", Peer.ofThisHost().identity());
      return new FollowedFile(file, text, changed -> use.accept(configured(changed)), metrics, environment.clock());
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("this host does not know its name: " + e.getMessage(), e);
    }
  }

  private void check(List<String> names) {
    if (names.stream().distinct().count() < names.size()) {
      throw new FlagException("authorization-mode " + names + " has mode specified more than once");
    }
    boolean policy = !parsed.value(flags.authorizationPolicyFile).isEmpty();
    boolean webhook = !parsed.value(flags.authorizationWebhookConfig).isEmpty();
    if (!names.contains("ABAC") && policy) {
      throw new FlagException("cannot specify --authorization-policy-file without mode ABAC");
    }
    if (names.contains("Webhook") && !webhook) {
      throw new FlagException("authorization-mode Webhook's authorization config file not passed");
    }
    if (!names.contains("Webhook") && webhook) {
      throw new FlagException("cannot specify --authorization-webhook-config-file without mode Webhook");
    }
  }

  private Mode mode(String name) throws IOException {
    return switch (name) {
      case "AlwaysAllow" -> Mode.ALWAYS_ALLOW;
      case "AlwaysDeny" -> Mode.ALWAYS_DENY;
      case "Node" -> Mode.NODE;
      case "RBAC" -> Mode.RBAC;
      case "ABAC" -> new Mode.Given(abac());
      case "Webhook" -> new Mode.Given(webhook());
      default -> throw new FlagException("authorization-mode \"" + name + "\" is not a valid mode");
    };
  }

  private AbacPolicy abac() throws IOException {
    String file = parsed.value(flags.authorizationPolicyFile);
    if (file.isEmpty()) {
      throw new FlagException("authorization-mode ABAC's authorization policy file not passed");
    }
    return AbacPolicy.read(Path.of(file));
  }

  private WebhookAuthorizer webhook() throws IOException {
    String version = parsed.value(flags.authorizationWebhookVersion);
    if (!version.equals("v1") && !version.equals("v1beta1")) {
      throw new FlagException("unsupported webhook authorizer version \"" + version + "\", supported versions are \"v1\", \"v1beta1\"");
    }
    RemoteServer server = RemoteServer.of(Path.of(parsed.value(flags.authorizationWebhookConfig)));
    WebhookAuthorizer.Settings settings =
        new WebhookAuthorizer.Settings(
            "default",
            version,
            parsed.value(flags.authorizationWebhookAuthorizedTtl),
            parsed.value(flags.authorizationWebhookUnauthorizedTtl),
            Verdict.Decision.NO_OPINION);
    return new WebhookAuthorizer(new ReviewCalls(server, WEBHOOK_PATIENCE, environment.clock(), environment.random()), settings,
        environment.clock());
  }
}
