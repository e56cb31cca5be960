package io.kubrig.apiserver.storage.etcd;

import io.kubrig.apiserver.storage.UnreadableValueException;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.json.JsonException;
import io.kubrig.machinery.protobuf.Protobuf;
import io.kubrig.machinery.protobuf.ProtobufException;
import io.kubrig.machinery.schema.DecodeException;
import io.kubrig.machinery.schema.Decoder;
import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.schema.SchemaCatalog;
import io.kubrig.machinery.tree.Tree;
import io.kubrig.machinery.yaml.Yaml;
import io.kubrig.machinery.yaml.YamlException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Objects as kube-apiserver keeps them in etcd, from and to the JSON that this server keeps in memory (kind, apiVersion and metadata first,
 * without resource version). What is read may be in any of the three encodings, whatever is written.
 */
public final class EtcdValues {
  /** Groups whose servers natively have a codec of their own, which knows JSON only. */
  private static final Set<String> ALWAYS_JSON = Set.of("apiextensions.k8s.io", "apiregistration.k8s.io");

  private final SchemaCatalog schemas;
  private final Encoding encoding;

  /** What {@code --storage-media-type} can say. Custom resources are JSON or YAML always. */
  public enum Encoding {
    PROTOBUF("application/vnd.kubernetes.protobuf"),
    JSON("application/json"),
    YAML("application/yaml");

    private final String mediaType;

    Encoding(String mediaType) {
      this.mediaType = mediaType;
    }

    /** @throws IllegalArgumentException for another media type */
    public static Encoding of(String mediaType) {
      for (Encoding encoding : values()) {
        if (encoding.mediaType.equals(mediaType.toLowerCase(Locale.ROOT))) {
          return encoding;
        }
      }
      throw new IllegalArgumentException(
          "--storage-media-type \"" + mediaType
              + "\" invalid, allowed values: application/json, application/yaml, application/vnd.kubernetes.protobuf");
    }
  }

  public EtcdValues(SchemaCatalog schemas, Encoding encoding) {
    this.schemas = schemas;
    this.encoding = encoding;
  }

  /** What is stored for an object. */
  byte[] encode(byte[] json) {
    Tree object = Json.readTree(json);
    GroupVersionKind kind = GroupVersionKind.of(object.string("apiVersion"), object.string("kind"));
    Optional<Schema> schema = schemas.kind(kind);
    if (schema.isEmpty() || encoding == Encoding.JSON || ALWAYS_JSON.contains(kind.group())) {
      return line(StoredDefinition.isServed(object) ? Json.write(StoredDefinition.stored(object)) : json);
    }
    return encoding == Encoding.YAML
        ? Yaml.write(object).getBytes(StandardCharsets.UTF_8) : Protobuf.encode(schema.get(), kind, object);
  }

  /** JSON ends in a line feed, as native's encoder ends it. */
  private static byte[] line(byte[] json) {
    byte[] line = Arrays.copyOf(json, json.length + 1);
    line[json.length] = '\n';
    return line;
  }

  /**
   * The object of what is stored.
   *
   * @throws UnreadableValueException when it is none, or none of a known kind
   */
  byte[] decode(byte[] stored) {
    try {
      return Json.write(layout(Protobuf.isEnvelope(stored) ? enveloped(stored) : text(stored)));
    } catch (ProtobufException | JsonException | YamlException | DecodeException e) {
      throw new UnreadableValueException("couldn't decode the stored object: " + e.getMessage());
    }
  }

  private Tree enveloped(byte[] stored) throws DecodeException {
    Protobuf.Envelope envelope = Protobuf.open(stored);
    GroupVersionKind kind = envelope.groupVersionKind();
    Schema schema =
        schemas
            .kind(kind)
            .orElseThrow(
                () ->
                    new UnreadableValueException(
                        "no kind \"" + kind.kind() + "\" is registered for version \"" + kind.apiVersion()
                            + "\" in scheme \"k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30\""));
    Tree tree = Protobuf.decode(schema, envelope).set("kind", kind.kind()).set("apiVersion", kind.apiVersion());
    return completed(new Decoder(schema).normalise(tree));
  }

  /** Native fills these in when it reads, rather than when it writes. */
  private static Tree completed(Tree object) {
    switch (object.string("kind")) {
      case "StatefulSet" -> nameClaimTemplates(object);
      case "PersistentVolumeClaim" -> {
        if (object.tree("status").string("phase").isEmpty()) {
          object.need("status").set("phase", "Pending");
        }
      }
      case "Job" -> {
        Tree labels = object.tree("spec").tree("template").tree("metadata").tree("labels");
        if (object.tree("metadata").tree("labels").isEmpty() && !labels.isEmpty()) {
          object.need("metadata").set("labels", labels.copy());
        }
      }
      default -> { } // what is stored is complete
    }
    return object;
  }

  /** Claim templates say their kind and version in JSON, which protobuf leaves out. */
  private static void nameClaimTemplates(Tree statefulSet) {
    for (Tree template : statefulSet.tree("spec").trees("volumeClaimTemplates")) {
      template.set("kind", "PersistentVolumeClaim").set("apiVersion", "v1");
    }
  }

  private Tree text(byte[] stored) throws DecodeException {
    Tree read = stored.length > 0 && stored[0] == '{' ? Json.readTree(stored) : Yaml.readTree(new String(stored, StandardCharsets.UTF_8));
    Tree tree = StoredDefinition.isStored(read) ? StoredDefinition.served(read) : read;
    Optional<Schema> schema = schemas.kind(GroupVersionKind.of(tree.string("apiVersion"), tree.string("kind")));
    if (tree.string("kind").isEmpty()) {
      throw new UnreadableValueException("Object 'Kind' is missing");
    }
    return schema.isPresent() ? new Decoder(schema.get()).normalise(tree) : tree;
  }

  private static Tree layout(Tree object) {
    Tree ordered = Tree.of("kind", object.string("kind"), "apiVersion", object.string("apiVersion"));
    Tree metadata = new Tree();
    object.tree("metadata").forEach((name, value) -> {
      if (!name.equals("resourceVersion")) {
        metadata.set(name, value);
      }
    });
    ordered.set("metadata", metadata);
    object.forEach(ordered::add);
    return ordered;
  }
}
