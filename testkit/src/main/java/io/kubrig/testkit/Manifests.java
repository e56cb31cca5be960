package io.kubrig.testkit;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.NamespaceableResource;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** Applies objects that are written down as YAML or JSON. */
final class Manifests {
  private static final int PATIENCE_SECONDS = 30;

  private final KubernetesClient client;
  private final Consumer<HasMetadata> before;
  private final Consumer<HasMetadata> after;

  /**
   * Manifests for one cluster.
   *
   * @param before may change each object
   * @param after is told of each as it then is, and returns when others may rely on it
   */
  Manifests(KubernetesClient client, Consumer<HasMetadata> before, Consumer<HasMetadata> after) {
    this.client = client;
    this.before = before;
    this.after = after;
  }

  /** Applies the objects of a class path resource in the order in which they are written. */
  List<HasMetadata> apply(String resource) {
    try (InputStream in = open(resource)) {
      return apply(in);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + resource, e);
    }
  }

  private static InputStream open(String resource) {
    String path = resource.startsWith("/") ? resource.substring(1) : resource;
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    InputStream in = loader.getResourceAsStream(path);
    if (in == null) {
      throw new IllegalArgumentException("there is no " + path + " on the class path");
    }
    return in;
  }

  List<HasMetadata> apply(InputStream yaml) {
    List<HasMetadata> objects = client.load(yaml).items();
    for (HasMetadata object : objects) {
      before.accept(object);
      boolean placed = object.getMetadata().getNamespace() != null || !(object instanceof io.fabric8.kubernetes.api.model.Namespaced);
      NamespaceableResource<HasMetadata> resource = client.resource(object);
      after.accept((placed ? resource : resource.inNamespace("default")).fieldManager("kubrig-testkit").forceConflicts().serverSideApply());
      if (object instanceof CustomResourceDefinition definition) {
        awaitEstablished(definition);
        awaitPublished(definition);
      }
    }
    return objects;
  }

  private void awaitEstablished(CustomResourceDefinition definition) {
    client
        .apiextensions()
        .v1()
        .customResourceDefinitions()
        .withName(definition.getMetadata().getName())
        .waitUntilCondition(
            found ->
                found != null
                    && found.getStatus() != null
                    && found.getStatus().getConditions() != null
                    && found.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals("Established") && condition.getStatus().equals("True")),
            PATIENCE_SECONDS,
            TimeUnit.SECONDS);
  }

  /** Clients look a kind up in discovery, which follows the condition. */
  private void awaitPublished(CustomResourceDefinition definition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    for (CustomResourceDefinitionVersion version : definition.getSpec().getVersions()) {
      String apiVersion = definition.getSpec().getGroup() + "/" + version.getName();
      while (version.getServed() && !client.supports(apiVersion, definition.getSpec().getNames().getKind())) {
        if (System.nanoTime() > end) {
          throw new IllegalStateException(apiVersion + " of " + definition.getMetadata().getName() + " was not published within "
              + PATIENCE_SECONDS + " s");
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
      }
    }
  }
}
