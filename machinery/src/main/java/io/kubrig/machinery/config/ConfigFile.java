package io.kubrig.machinery.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * A configuration file of one of the expected kinds.
 *
 * @param apiVersion one of the versions that were asked for
 * @param kind the kind that was asked for
 * @param fields everything; {@code apiVersion} and {@code kind} are consumed already
 */
public record ConfigFile(String apiVersion, String kind, ConfigFields fields) {
  private static final int MAX_ALIASES = 50;
  private static final int MAX_CHARACTERS = 3 * 1024 * 1024;

  /**
   * Reads a file.
   *
   * @throws ConfigException when it cannot be read, is no YAML, or is of another kind or version
   */
  public static ConfigFile read(Path file, String kind, Collection<String> apiVersions) {
    try {
      return parse(file.toString(), Files.readString(file), kind, apiVersions);
    } catch (NoSuchFileException e) {
      throw new ConfigException("open " + file + ": no such file or directory");
    } catch (IOException e) {
      throw new ConfigException("open " + file + ": " + e.getMessage());
    }
  }

  /** Reads a text; {@code origin} names it in errors. */
  public static ConfigFile parse(String origin, String text, String kind, Collection<String> apiVersions) {
    ConfigFields fields = ConfigFields.root(origin, root(origin, text));
    String foundVersion = fields.text("apiVersion", "");
    String foundKind = fields.text("kind", "");
    if (foundKind.isEmpty() || foundVersion.isEmpty()) {
      throw new ConfigException(origin + ": Object 'Kind' or 'apiVersion' is missing: it must say kind: " + kind + " and apiVersion: "
          + apiVersions);
    }
    if (!foundKind.equals(kind) || !apiVersions.contains(foundVersion)) {
      throw new ConfigException(
          origin + ": no kind \"" + foundKind + "\" is registered for version \"" + foundVersion + "\" here: expected " + kind + " of "
              + String.join(" or ", List.copyOf(apiVersions)));
    }
    return new ConfigFile(foundVersion, foundKind, fields);
  }

  private static MappingNode root(String origin, String text) {
    LoadSettings settings =
        LoadSettings.builder()
            .setLabel(origin)
            .setAllowDuplicateKeys(false)
            .setMaxAliasesForCollections(MAX_ALIASES)
            .setCodePointLimit(MAX_CHARACTERS)
            .build();
    try {
      Optional<Node> node = new Compose(settings).composeString(text);
      if (node.isPresent() && node.get() instanceof MappingNode mapping) {
        return mapping;
      }
      throw new ConfigException(origin + ": a configuration is a mapping with apiVersion and kind");
    } catch (MarkedYamlEngineException e) {
      String line = e.getProblemMark().map(mark -> ":" + (mark.getLine() + 1)).orElse("");
      throw new ConfigException(origin + line + ": " + e.getProblem());
    } catch (YamlEngineException e) {
      throw new ConfigException(origin + ": " + e.getMessage());
    }
  }
}
