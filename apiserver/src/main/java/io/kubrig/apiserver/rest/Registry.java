package io.kubrig.apiserver.rest;

import io.kubrig.apiserver.registry.Deleter;
import io.kubrig.apiserver.registry.Forms;
import io.kubrig.apiserver.registry.Lens;
import io.kubrig.apiserver.registry.Lister;
import io.kubrig.apiserver.registry.ObjectStore;
import io.kubrig.apiserver.registry.Resource;
import io.kubrig.apiserver.registry.ResourceCatalog;
import io.kubrig.apiserver.registry.Views;
import io.kubrig.apiserver.registry.Watches;
import io.kubrig.apiserver.registry.Writer;
import io.kubrig.machinery.schema.SchemaCatalog;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * What serves the verbs: the parts of the registry, put together.
 *
 * @param lenses views by {@code plural.group/subresource}; status is known for every kind
 * @param commands subresources that are no views, by the same key
 * @param computed what is not stored, by {@code plural.group}
 */
public record Registry(
    ResourceCatalog catalog,
    SchemaCatalog schemas,
    ObjectStore store,
    Writer writer,
    Deleter deleter,
    Lister lister,
    Watches watches,
    Views views,
    Forms forms,
    Map<String, Lens> lenses,
    Map<String, Subresource> commands,
    Map<String, ComputedObjects> computed,
    RandomGenerator random) {

  /** How a path sees its object. */
  public Lens lens(Resource resource, String subresource) {
    if (subresource.isEmpty()) {
      return Lens.OBJECT;
    }
    Lens lens = lenses.get(key(resource, subresource));
    return lens != null ? lens : resource.behaviour().lens(subresource).orElse(Lens.STATUS);
  }

  /** The subresource if it is a command or connection. */
  public Optional<Subresource> subresource(Resource resource, String subresource) {
    return Optional.ofNullable(commands.get(key(resource, subresource)));
  }

  /** The objects of a resource of which nothing is stored. */
  Optional<ComputedObjects> computed(Resource resource) {
    return Optional.ofNullable(computed.get(resource.qualifiedName()));
  }

  private static String key(Resource resource, String subresource) {
    return resource.qualifiedName() + "/" + subresource;
  }

  /** How long a watch lasts when the client does not say: one to two times the minimum, so that clients do not come back all at once. */
  Duration watchTimeout(Duration minimum) {
    return minimum.plusMillis((long) (minimum.toMillis() * random.nextDouble()));
  }

  /** The warning that every answer of a deprecated resource carries. */
  Optional<String> deprecation(Resource resource, String version) {
    return resource.behaviour().deprecation(version);
  }
}
