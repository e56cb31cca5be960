package io.kubrig.apiserver.customresource;

import io.kubrig.apiserver.authz.ObjectReader;
import io.kubrig.apiserver.discovery.ServedApis;
import io.kubrig.apiserver.discovery.ServedVersion;
import io.kubrig.apiserver.openapi.OpenApiDocuments;
import io.kubrig.apiserver.registry.Resource;
import io.kubrig.apiserver.registry.ResourceCatalog;
import io.kubrig.machinery.schema.ApiResource;
import io.kubrig.machinery.schema.ApiSubresource;
import io.kubrig.machinery.schema.ApiVersion;
import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.schema.SchemaCatalog;
import io.kubrig.machinery.tree.Tree;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Serves what definitions define: follows the stored definitions, whoever writes them, and keeps the catalog, discovery and OpenAPI in
 * step. Safe for concurrent use.
 */
public final class CustomResources implements ObjectReader.Follower {
  private static final List<String> VERBS = List.of("delete", "deletecollection", "get", "list", "patch", "create", "update", "watch");
  private static final List<String> LAST_VERBS = List.of("delete", "deletecollection", "get", "list", "watch");
  private static final List<String> SUBRESOURCE_VERBS = List.of("get", "patch", "update");
  private static final GroupVersionKind SCALE = new GroupVersionKind("autoscaling", "v1", "Scale");
  private static final int HASH_BYTES = 8;

  private final ResourceCatalog catalog;
  private final ServedApis served;
  private final OpenApiDocuments documents;
  private final Schema objectMeta;
  private final ConversionServices conversions;
  private final Map<String, Definition> definitions = new TreeMap<>();

  public CustomResources(
      ResourceCatalog catalog, ServedApis served, OpenApiDocuments documents, SchemaCatalog schemas, ConversionServices conversions) {
    this.conversions = conversions;
    this.catalog = catalog;
    this.served = served;
    this.documents = documents;
    this.objectMeta = schemas.definition("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta").orElseThrow();
  }

  @Override
  public synchronized void put(Tree crd) {
    Definition definition = Definition.of(crd);
    Definition before = definitions.get(definition.name());
    if (definition.equals(before) || !definition.accepted() && before == null) {
      return;
    }
    if (before != null) {
      forget(before);
    }
    if (!definition.accepted()) {
      return;
    }
    definitions.put(definition.name(), definition);
    catalog.put(resource(definition));
    if (definition.established()) {
      for (Definition.Version version : definition.served()) {
        GroupVersionKind kind = new GroupVersionKind(definition.group(), version.name(), definition.names().kind());
        documents.define(kind, definition.names().listKind(), version.schema(), version.selectable());
      }
    }
    publish(definition.group());
  }

  @Override
  public synchronized void removed(Tree crd) {
    withdraw(crd.tree("metadata").string("name"));
  }

  /** Serves the objects of a definition no longer. */
  synchronized void withdraw(String name) {
    Definition before = definitions.get(name);
    if (before != null) {
      forget(before);
      catalog.remove(before.group(), before.names().plural());
      publish(before.group());
    }
  }

  private void forget(Definition definition) {
    definitions.remove(definition.name());
    for (Definition.Version version : definition.versions()) {
      documents.forget(new GroupVersionKind(definition.group(), version.name(), definition.names().kind()));
    }
  }

  private Resource resource(Definition definition) {
    boolean byWebhook = definition.conversion().string("strategy").equals("Webhook");
    Conversion conversion = byWebhook ? new WebhookConversion(definition, conversions) : Conversion.NONE;
    CustomKind kind = new CustomKind(definition, objectMeta, conversion);
    Definition.Names names = definition.names();
    Set<String> subresources = new HashSet<>();
    for (Definition.Version version : definition.served()) {
      if (version.status()) {
        subresources.add("status");
      }
      if (version.scale() != null) {
        subresources.add("scale");
      }
    }
    List<String> versions = definition.served().stream().map(Definition.Version::name)
        .sorted(io.kubrig.apiserver.discovery.VersionOrder.NEWEST).toList();
    return new Resource(
        definition.group(),
        names.plural(),
        names.singular(),
        names.kind(),
        names.listKind(),
        definition.namespaced(),
        names.shortNames(),
        names.categories(),
        versions,
        definition.group() + "/" + definition.storage().name(),
        kind.schemas(),
        "/registry/" + definition.group() + "/" + names.plural() + "/",
        new LinkedHashSet<>(VERBS),
        subresources,
        true,
        kind);
  }

  // ---- discovery -----------------------------------------------------------------------------------------------------

  private void publish(String group) {
    Map<String, List<ApiResource>> versions = new TreeMap<>();
    for (Definition definition : definitions.values()) {
      if (definition.group().equals(group) && definition.established()) {
        for (Definition.Version version : definition.served()) {
          versions.computeIfAbsent(version.name(), name -> new ArrayList<>()).add(apiResource(definition, version));
        }
      }
    }
    Set<String> stale = new HashSet<>();
    served.snapshot().group(group).ifPresent(known -> known.versions().stream()
        .filter(version -> version.origin() == ServedVersion.Origin.CUSTOM)
        .forEach(version -> stale.add(version.version())));
    stale.removeAll(versions.keySet());
    stale.forEach(version -> served.remove(group, version));
    versions.forEach((version, resources) -> served.put(ServedVersion.custom(new ApiVersion(group, version, true, resources))));
  }

  private static ApiResource apiResource(Definition definition, Definition.Version version) {
    Definition.Names names = definition.names();
    GroupVersionKind kind = new GroupVersionKind(definition.group(), version.name(), names.kind());
    List<ApiSubresource> subresources = new ArrayList<>();
    if (version.status()) {
      subresources.add(new ApiSubresource("status", kind, SUBRESOURCE_VERBS, false));
    }
    if (version.scale() != null) {
      subresources.add(new ApiSubresource("scale", SCALE, SUBRESOURCE_VERBS, true));
    }
    String storage = definition.storage().name();
    return new ApiResource(
        kind,
        names.plural(),
        names.singular(),
        definition.namespaced() ? ApiResource.Scope.NAMESPACED : ApiResource.Scope.CLUSTER,
        definition.terminating() ? LAST_VERBS : VERBS,
        names.shortNames(),
        names.categories(),
        definition.group() + "/" + storage,
        storageVersionHash(definition.group() + "/" + storage + "/" + names.kind()),
        subresources);
  }

  private static String storageVersionHash(String text) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(Arrays.copyOf(hash, HASH_BYTES));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
