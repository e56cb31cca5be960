package io.kubrig.standalone.kubeadm;

import io.kubrig.machinery.config.ConfigException;
import io.kubrig.machinery.config.ConfigFields;
import io.kubrig.machinery.config.ConfigFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A file of kubeadm's configuration: documents of {@code kubeadm.k8s.io/v1beta4}, one of a kind. */
public final class KubeadmFile {
  static final String INIT = "InitConfiguration";
  static final String CLUSTER = "ClusterConfiguration";
  static final String JOIN = "JoinConfiguration";

  private static final List<String> VERSIONS = List.of("kubeadm.k8s.io/v1beta4");
  private static final Pattern BETWEEN = Pattern.compile("(?m)^---\\s*$");
  private static final Pattern KIND = Pattern.compile("(?m)^kind:\\s*\"?(\\w+)");

  private final Map<String, ConfigFields> documents = new LinkedHashMap<>();
  private final List<String> ignored = new ArrayList<>();

  private KubeadmFile() {}

  /** @throws ConfigException when it cannot be read, or holds another kind */
  public static KubeadmFile read(Path file) {
    try {
      return parse(file.toString(), Files.readString(file));
    } catch (NoSuchFileException e) {
      throw new ConfigException("open " + file + ": no such file or directory");
    } catch (IOException e) {
      throw new ConfigException("open " + file + ": " + e.getMessage());
    }
  }

  /** @throws ConfigException as {@link #read} */
  public static KubeadmFile parse(String origin, String text) {
    KubeadmFile file = new KubeadmFile();
    for (String document : BETWEEN.split(text)) {
      if (document.isBlank()) {
        continue;
      }
      Matcher kind = KIND.matcher(document);
      String found = kind.find() ? kind.group(1) : "";
      if (!List.of(INIT, CLUSTER, JOIN).contains(found)) {
        throw new ConfigException(origin + ": kind \"" + found + "\" is not taken here: " + String.join(", ", INIT, CLUSTER, JOIN)
            + " are");
      }
      if (file.documents.put(found, ConfigFile.parse(origin, document, found, VERSIONS).fields()) != null) {
        throw new ConfigException(origin + ": invalid configuration: kind \"" + found + "\" is specified twice in YAML file");
      }
    }
    return file;
  }

  /** Whether it is about a machine that joins. */
  public boolean isOfJoin() {
    return documents.containsKey(JOIN);
  }

  Optional<ConfigFields> document(String kind) {
    return Optional.ofNullable(documents.get(kind));
  }

  /** Reads over fields that mean nothing here. */
  void ignore(ConfigFields fields, String prefix, String... names) {
    for (String name : names) {
      if (fields.ignore(name)) {
        ignored.add(prefix + name);
      }
    }
  }

  /** Reports what nobody read. @throws ConfigException when there is any */
  public void finish() {
    documents.values().forEach(ConfigFields::finish);
  }

  /** The fields that are set and mean nothing here. */
  public List<String> ignored() {
    return List.copyOf(ignored);
  }
}
