package io.kubrig.apiserver.webhook;

import io.kubrig.apiserver.remote.KubeconfigUser;
import io.kubrig.machinery.json.JsonException;
import io.kubrig.machinery.tree.Tree;
import io.kubrig.machinery.yaml.Yaml;
import io.kubrig.machinery.yaml.YamlException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Who the server is for webhooks: the users of a kubeconfig, named by the hosts that they are for. (Source:
 * apiserver/pkg/util/webhook/authentication.go.)
 */
public final class HookCredentials {
  /** For no webhook any. */
  public static final HookCredentials NONE = new HookCredentials(Map.of(), "");

  private final Map<String, KubeconfigUser> users;
  private final String current;

  private HookCredentials(Map<String, KubeconfigUser> users, String current) {
    this.users = users;
    this.current = current;
  }

  /**
   * Of the {@code WebhookAdmissionConfiguration} of a plugin.
   *
   * @throws IOException when a file cannot be read
   * @throws IllegalArgumentException when something does not fit
   */
  public static HookCredentials configured(Tree configuration) throws IOException {
    String file = configuration.string("kubeConfigFile");
    if (!file.isEmpty() && !Path.of(file).isAbsolute()) {
      throw new IllegalArgumentException("kubeConfigFile: Invalid value: \"" + file + "\": must be an absolute file path");
    }
    if (!configuration.string("staticManifestsDir").isEmpty()) {
      throw new IllegalArgumentException("staticManifestsDir: webhooks from manifest files are not supported");
    }
    return file.isEmpty() ? NONE : read(Path.of(file));
  }

  static HookCredentials read(Path kubeconfig) throws IOException {
    try {
      Tree root = Yaml.readTree(Files.readString(kubeconfig));
      Map<String, KubeconfigUser> users = new LinkedHashMap<>();
      for (Tree entry : root.trees("users")) {
        users.put(entry.string("name"), KubeconfigUser.of(entry.tree("user"), kubeconfig));
      }
      String name = root.string("current-context");
      String current =
          root.trees("contexts").stream().filter(context -> context.string("name").equals(name)).findFirst()
              .map(context -> context.tree("context").string("user")).orElse("");
      return new HookCredentials(users, current);
    } catch (YamlException | JsonException e) {
      throw new IllegalArgumentException("error loading config file \"" + kubeconfig + "\": " + e.getMessage(), e);
    }
  }

  /** The user for a webhook: of its host and port, of a domain that it is in, of its host alone where the port is 443, or of all. */
  KubeconfigUser of(ClientConfig webhook) {
    String host = webhook.host();
    KubeconfigUser found = named(host + ":" + webhook.port());
    if (found == null && webhook.port() == ClientConfig.DEFAULT_PORT) {
      found = named(host);
    }
    if (found == null) {
      found = users.get("*");
    }
    return found != null ? found : users.getOrDefault(current, KubeconfigUser.ANONYMOUS);
  }

  private KubeconfigUser named(String target) {
    KubeconfigUser found = users.get(target);
    for (int dot = target.indexOf('.'); found == null && dot >= 0; dot = target.indexOf('.', dot + 1)) {
      found = users.get("*" + target.substring(dot));
    }
    return found;
  }
}
