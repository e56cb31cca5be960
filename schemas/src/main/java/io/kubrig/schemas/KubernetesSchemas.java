package io.kubrig.schemas;

import io.kubrig.machinery.schema.SchemaCatalog;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * The schemas, descriptions and resources of Kubernetes 1.36. Every call but {@link #load} reads its resource anew: keep what it answers.
 */
public final class KubernetesSchemas {
  private KubernetesSchemas() {}

  /** The definitions by OpenAPI name and the kinds by group, version and kind; without descriptions. */
  public static SchemaCatalog load() {
    return Loaded.SCHEMAS;
  }

  /** Read once: everybody sees the same schemas, which never change. */
  private static final class Loaded {
    static final SchemaCatalog SCHEMAS = read();
  }

  private static SchemaCatalog read() {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes("kubernetes.schema")))) {
      return SchemaFormat.read(in);
    } catch (IOException e) {
      throw new UncheckedIOException("the schema resource is broken: build the module anew", e);
    }
  }

  /** What the definitions and their fields mean. About a megabyte: load it only to publish it. */
  public static Descriptions descriptions() {
    try (DataInputStream in = new DataInputStream(new BufferedInputStream(open("kubernetes.descriptions")))) {
      return Descriptions.read(in);
    } catch (IOException e) {
      throw new UncheckedIOException("the description resource is broken: build the module anew", e);
    }
  }

  /** Every resource that can be served. */
  public static ResourceTable resources() {
    return ResourceTable.parse(text("resources.txt"));
  }

  static String text(String name) {
    return new String(bytes(name), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String name) {
    try (InputStream in = open(name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the resource " + name, e);
    }
  }

  private static InputStream open(String name) {
    InputStream in = KubernetesSchemas.class.getResourceAsStream(name);
    if (in == null) {
      throw new IllegalStateException("the resource " + name + " is missing: the module was not built whole");
    }
    return in;
  }
}
