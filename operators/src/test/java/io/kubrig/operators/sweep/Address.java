package io.kubrig.operators.sweep;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a path of the API names.
 *
 * @param namespace empty for all
 * @param name empty for all objects of the kind
 * @param part a subresource, or empty
 */
record Address(Class<? extends HasMetadata> kind, String namespace, String name, String part) {
  /** Reads a path. @param kinds by plural; empty when the path is of none of them */
  static Optional<Address> of(String path, Map<String, Class<? extends HasMetadata>> kinds) {
    List<String> parts = List.of(path.substring(1).split("/"));
    int head = parts.getFirst().equals("api") ? 2 : 3;
    if (parts.size() <= head) {
      return Optional.empty();
    }
    boolean inside = parts.get(head).equals("namespaces") && parts.size() > head + 2 && kinds.containsKey(parts.get(head + 2));
    int at = inside ? head + 2 : head;
    String version = String.join("/", parts.subList(1, head));
    return Optional.ofNullable(kinds.get(parts.get(at))).filter(kind -> version.equals(HasMetadata.getApiVersion(kind)))
        .map(kind -> new Address(kind, inside ? parts.get(head + 1) : "", part(parts, at + 1), part(parts, at + 2)));
  }

  private static String part(List<String> parts, int at) {
    return parts.size() > at ? parts.get(at) : "";
  }

  Key key() {
    return new Key(namespace, name);
  }

  /** All objects that it names. */
  List<? extends HasMetadata> all(MemoryServer server) {
    return server.list(kind).stream().filter(object -> namespace.isEmpty() || namespace.equals(object.getMetadata().getNamespace()))
        .toList();
  }

  /** The object that it names. */
  HasMetadata one(MemoryServer server) {
    return server.find(kind, key()).map(HasMetadata.class::cast).orElseThrow(() ->
        MemoryServer.refusal(404, "NotFound", HasMetadata.getPlural(kind) + " \"" + name + "\" not found"));
  }

  /** An object of the kind with that name and nothing else, for requests that need no more. */
  HasMetadata like() {
    HasMetadata like = Objects.parse("{}", kind);
    like.setMetadata(new io.fabric8.kubernetes.api.model.ObjectMetaBuilder().withName(name)
        .withNamespace(namespace.isEmpty() ? null : namespace).build());
    return like;
  }
}
