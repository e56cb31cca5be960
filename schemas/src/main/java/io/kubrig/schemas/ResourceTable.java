package io.kubrig.schemas;

import io.kubrig.machinery.schema.ApiGroup;
import io.kubrig.machinery.schema.ApiResource;
import io.kubrig.machinery.schema.ApiSubresource;
import io.kubrig.machinery.schema.ApiVersion;
import io.kubrig.machinery.schema.GroupVersionKind;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Every group, version and resource that Kubernetes serves, by default or when switched on.
 *
 * @param groups in the order of discovery, the core group first
 * @param priorities by {@code group/version}, with an empty group for core
 */
public record ResourceTable(List<ApiGroup> groups, Map<String, Priority> priorities) {
  private static final List<String> ALL_VERBS = List.of("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch");

  /** Where a group and a version stand in discovery: groupPriorityMinimum and versionPriority of the APIService object. */
  public record Priority(int group, int version) {}

  public ResourceTable {
    groups = List.copyOf(groups);
    priorities = Map.copyOf(priorities);
  }

  /** The priority of a version that is in the table. */
  public Priority priority(ApiVersion version) {
    return priorities.get(version.group() + "/" + version.version());
  }

  public Optional<ApiGroup> group(String name) {
    return groups.stream().filter(group -> group.name().equals(name)).findFirst();
  }

  public Optional<ApiResource> resource(String group, String version, String plural) {
    return group(group).flatMap(found -> found.version(version)).flatMap(found -> found.resource(plural));
  }

  /** The groups and versions that are served without being switched on. */
  public List<ApiGroup> onByDefault() {
    List<ApiGroup> served = new ArrayList<>();
    for (ApiGroup group : groups) {
      List<ApiVersion> versions = group.versions().stream().filter(ApiVersion::onByDefault).toList();
      if (!versions.isEmpty()) {
        served.add(new ApiGroup(group.name(), versions));
      }
    }
    return served;
  }

  /**
   * The groups and versions that are served when some are switched.
   *
   * @param wanted says of a version whether it is switched on or off; empty for what it is by default
   * @param gated says of a resource of such a version whether the feature that it belongs to is on
   */
  public List<ApiGroup> served(Function<ApiVersion, Optional<Boolean>> wanted, Predicate<ApiResource> gated) {
    List<ApiGroup> served = new ArrayList<>();
    for (ApiGroup group : groups) {
      List<ApiVersion> versions = new ArrayList<>();
      for (ApiVersion version : group.versions()) {
        List<ApiResource> resources = version.resources().stream().filter(gated).toList();
        if (wanted.apply(version).orElse(version.onByDefault()) && !resources.isEmpty()) {
          versions.add(new ApiVersion(version.group(), version.version(), version.onByDefault(), resources));
        }
      }
      if (!versions.isEmpty()) {
        served.add(new ApiGroup(group.name(), versions));
      }
    }
    return served;
  }

  /** What discovery publishes of the version that objects are stored in: base64 of the first eight bytes of SHA-256. */
  public static String storageVersionHash(String group, String version, String kind) {
    try {
      byte[] text = (group + "/" + version + "/" + kind).getBytes(StandardCharsets.UTF_8);
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(text);
      return Base64.getEncoder().encodeToString(Arrays.copyOf(hash, 8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Reads the text form that the head of {@code resources.txt} describes. */
  static ResourceTable parse(String text) {
    Parser parser = new Parser();
    text.lines().filter(line -> !line.isBlank() && !line.startsWith("#")).forEach(parser::line);
    return parser.table();
  }

  private static final class Parser {
    private final Map<String, Map<String, List<ApiResource>>> resources = new LinkedHashMap<>();
    private final Map<String, Boolean> defaults = new LinkedHashMap<>();
    private final Map<String, Priority> priorities = new LinkedHashMap<>();
    private String group;
    private String version;

    void line(String line) {
      String[] words = line.split(" ");
      switch (words[0]) {
        case "group" -> group(words);
        case "version" -> version = words[1];
        default -> {
          if (line.startsWith("/")) {
            subresource(words);
          } else {
            resource(words);
          }
        }
      }
    }

    private void group(String[] words) {
      group = words[1].equals("core") ? "" : words[1];
      Map<String, List<ApiResource>> versions = new LinkedHashMap<>();
      for (int i = 3; i < words.length; i++) {
        boolean on = words[i].startsWith("+");
        int colon = words[i].indexOf(':');
        String name = words[i].substring(on ? 1 : 0, colon);
        priorities.put(group + "/" + name, new Priority(Integer.parseInt(words[2]), Integer.parseInt(words[i].substring(colon + 1))));
        versions.put(name, new ArrayList<>());
        defaults.put(group + "/" + name, on);
      }
      resources.put(group, versions);
    }

    private void resource(String[] words) {
      String stored = option(words, "stored");
      String hashed = option(words, "hashed").isEmpty() ? stored : option(words, "hashed");
      String storage = stored.startsWith("core/") ? stored.substring("core/".length()) : stored;
      current()
          .add(
              new ApiResource(
                  new GroupVersionKind(group, version, words[2]),
                  words[0],
                  words[1],
                  words[3].equals("ns") ? ApiResource.Scope.NAMESPACED : ApiResource.Scope.CLUSTER,
                  verbs(words[4]),
                  names(option(words, "short")),
                  names(option(words, "cat")),
                  storage,
                  hashed.isEmpty() ? "" : hash(hashed, words[2]),
                  List.of()));
    }

    private void subresource(String[] words) {
      String foreign = option(words, "gv");
      GroupVersionKind kind =
          foreign.isEmpty() ? new GroupVersionKind(group, version, words[1]) : GroupVersionKind.of(foreign, words[1]);
      ApiSubresource subresource = new ApiSubresource(words[0].substring(1), kind, verbs(words[2]), !foreign.isEmpty());
      ApiResource owner = current().removeLast();
      List<ApiSubresource> all = new ArrayList<>(owner.subresources());
      all.add(subresource);
      current()
          .add(
              new ApiResource(
                  owner.kind(),
                  owner.plural(),
                  owner.singular(),
                  owner.scope(),
                  owner.verbs(),
                  owner.shortNames(),
                  owner.categories(),
                  owner.storage(),
                  owner.storageVersionHash(),
                  all));
    }

    private List<ApiResource> current() {
      return resources.get(group).get(version);
    }

    private static List<String> verbs(String word) {
      return word.equals("*") ? ALL_VERBS : word.equals("-") ? List.of() : names(word);
    }

    private static List<String> names(String word) {
      return word.isEmpty() ? List.of() : List.of(word.split(","));
    }

    private static String option(String[] words, String name) {
      for (String word : words) {
        if (word.startsWith(name + "=")) {
          return word.substring(name.length() + 1);
        }
      }
      return "";
    }

    private static String hash(String groupVersion, String kind) {
      int slash = groupVersion.indexOf('/');
      String group = groupVersion.substring(0, slash);
      return storageVersionHash(group.equals("core") ? "" : group, groupVersion.substring(slash + 1), kind);
    }

    ResourceTable table() {
      List<ApiGroup> groups = new ArrayList<>();
      resources.forEach(
          (name, versions) -> {
            List<ApiVersion> all = new ArrayList<>();
            versions.forEach((key, list) -> all.add(new ApiVersion(name, key, defaults.get(name + "/" + key), list)));
            groups.add(new ApiGroup(name, all));
          });
      return new ResourceTable(groups, priorities);
    }
  }
}
