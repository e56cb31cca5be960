package io.kubrig.operators.metadata;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a server offers, by its aggregated discovery documents (KEP-3352).
 *
 * @param preferred each resource once, in the version that its group prefers
 * @param all each resource in every version
 * @param failures why a group's version could not be discovered, by its name
 */
public record Discovery(List<ResourceType> preferred, List<ResourceType> all, Map<String, String> failures) {
  private static final String ACCEPT = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";

  public Discovery {
    preferred = List.copyOf(preferred);
    all = List.copyOf(all);
    failures = Map.copyOf(failures);
  }

  /** Asks the server. */
  public static Discovery of(MetadataClient client) {
    return of(List.of(core(client), groups(client)));
  }

  /** What the server answers of its core group, not read yet: the same text means the same offer. */
  public static String core(MetadataClient client) {
    return client.text("/api", ACCEPT);
  }

  /** What it answers of all other groups. */
  public static String groups(MetadataClient client) {
    return client.text("/apis", ACCEPT);
  }

  /** Reads what {@link #core} and {@link #groups} answered. */
  public static Discovery of(List<String> documents) {
    Reader reader = new Reader();
    documents.forEach(document -> MetadataClient.tree(document).path("items").forEach(reader::group));
    return new Discovery(reader.preferred, reader.all, reader.failures);
  }

  /** The resource of a kind that objects or references name. */
  public Optional<ResourceType> kind(String apiVersion, String kind) {
    return all.stream().filter(type -> type.kind().equals(kind) && type.apiVersion().equals(apiVersion)).findFirst();
  }

  private static final class Reader {
    private final List<ResourceType> preferred = new ArrayList<>();
    private final List<ResourceType> all = new ArrayList<>();
    private final Map<String, String> failures = new LinkedHashMap<>();

    void group(JsonNode group) {
      String name = group.path("metadata").path("name").asText("");
      Set<String> seen = new HashSet<>();
      for (JsonNode version : group.path("versions")) {
        String versionName = version.path("version").asText();
        if (version.path("freshness").asText("").equals("Stale")) {
          String groupVersion = name.isEmpty() ? versionName : name + "/" + versionName;
          failures.put(groupVersion, "stale GroupVersion discovery: " + groupVersion);
        }
        for (JsonNode resource : version.path("resources")) {
          ResourceType type = type(name, versionName, resource);
          all.add(type);
          if (seen.add(type.plural())) {
            preferred.add(type);
          }
        }
      }
    }

    private static ResourceType type(String group, String version, JsonNode resource) {
      Set<String> verbs = new LinkedHashSet<>();
      resource.path("verbs").forEach(verb -> verbs.add(verb.asText()));
      return new ResourceType(group, version, resource.path("resource").asText(), resource.path("responseKind").path("kind").asText(),
          resource.path("scope").asText().equals("Namespaced"), verbs);
    }
  }
}
