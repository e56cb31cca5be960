package io.kubrig.apiserver.admission;

import io.kubrig.machinery.tree.Tree;
import io.kubrig.machinery.yaml.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What {@code --admission-control-config-file} says, by plugin. (Source: apiserver.config.k8s.io AdmissionConfiguration.)
 *
 * @param plugins the configuration object of each plugin that has one
 */
public record AdmissionConfiguration(Map<String, Tree> plugins) {
  private static final Set<String> VERSIONS = Set.of("apiserver.config.k8s.io/v1", "apiserver.k8s.io/v1alpha1");

  public static final AdmissionConfiguration NONE = new AdmissionConfiguration(Map.of());

  public AdmissionConfiguration {
    plugins = Map.copyOf(plugins);
  }

  /**
   * Reads the file and those that it names, which it may do relative to itself.
   *
   * @throws IOException when one of them cannot be read
   * @throws IllegalArgumentException when it is no AdmissionConfiguration
   */
  public static AdmissionConfiguration read(Path file) throws IOException {
    Tree root = tree(file);
    if (!root.string("kind").equals("AdmissionConfiguration") || !VERSIONS.contains(root.string("apiVersion"))) {
      throw new IllegalArgumentException(file + " is no AdmissionConfiguration of " + String.join(" or ", VERSIONS));
    }
    Map<String, Tree> plugins = new LinkedHashMap<>();
    for (Tree plugin : root.trees("plugins")) {
      String path = plugin.string("path");
      Tree configuration = plugin.get("configuration") instanceof Tree inline ? inline : path.isEmpty() ? null
          : tree(file.resolveSibling(path));
      if (configuration != null) {
        plugins.put(plugin.string("name"), configuration);
      }
    }
    return new AdmissionConfiguration(plugins);
  }

  private static Tree tree(Path file) throws IOException {
    return Yaml.readTree(Files.readString(file));
  }

  /** The plugin's own, an empty object where nothing is said. */
  Tree of(String plugin) {
    return plugins.getOrDefault(plugin, Tree.empty());
  }
}
