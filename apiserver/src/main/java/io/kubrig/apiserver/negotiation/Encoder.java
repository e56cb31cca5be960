package io.kubrig.apiserver.negotiation;

import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.protobuf.Protobuf;
import io.kubrig.machinery.protobuf.ProtobufList;
import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.schema.SchemaCatalog;
import io.kubrig.machinery.tree.Tree;
import io.kubrig.machinery.yaml.Yaml;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Trees to bytes, in the representation that was agreed. */
public final class Encoder {
  private final SchemaCatalog schemas;
  private final Schema listMeta;

  public Encoder(SchemaCatalog schemas) {
    this.schemas = schemas;
    listMeta = schemas.definition("io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta").orElseThrow();
  }

  /** An object with its kind and apiVersion. */
  public byte[] encode(Tree object, Representation representation) {
    return switch (representation.mediaType()) {
      case JSON -> representation.pretty() ? pretty(object) : Json.writeObject(object);
      case YAML -> Yaml.write(object).getBytes(StandardCharsets.UTF_8);
      case PROTOBUF -> protobuf(object);
    };
  }

  /** A watch event in protobuf, with its length in front. */
  public byte[] watchFrame(String type, Tree object) {
    return Protobuf.watchFrame(type, protobuf(object));
  }

  /** Whether a kind can be encoded in protobuf. */
  public boolean hasProtobuf(GroupVersionKind kind) {
    return schemas.kind(kind).isPresent();
  }

  /** The protobuf message of an object, without its envelope. */
  public byte[] message(GroupVersionKind kind, Tree object) {
    return schemas.kind(kind).map(schema -> Protobuf.encodeMessage(schema, object)).orElseThrow(() -> noProtobuf(kind));
  }

  /** A list of objects whose messages are there already, in its envelope. */
  public ProtobufList protobufList(GroupVersionKind listKind, Tree metadata, List<byte[]> messages) {
    return new ProtobufList(listKind, listMeta, metadata, messages);
  }

  private byte[] protobuf(Tree object) {
    GroupVersionKind kind = GroupVersionKind.of(object.string("apiVersion"), object.string("kind"));
    return schemas
        .kind(kind)
        .map(schema -> Protobuf.encode(schema, kind, object))
        .orElseThrow(() -> noProtobuf(kind));
  }

  private static ApiException noProtobuf(GroupVersionKind kind) {
    return ApiException.notAcceptable(
        "406: Not Acceptable\n\nobject of kind " + kind.kind() + " does not implement the protobuf marshalling interface and"
            + " cannot be encoded to a protobuf message");
  }

  private static byte[] pretty(Tree object) {
    byte[] json = Json.pretty(object);
    byte[] lines = Arrays.copyOf(json, json.length + 1);
    lines[json.length] = '\n';
    return lines;
  }
}
