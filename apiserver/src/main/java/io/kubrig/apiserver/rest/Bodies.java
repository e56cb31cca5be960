package io.kubrig.apiserver.rest;

import io.kubrig.apiserver.negotiation.MediaType;
import io.kubrig.apiserver.negotiation.Negotiation;
import io.kubrig.apiserver.registry.Operation.FieldValidation;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.machinery.json.Document;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.json.JsonException;
import io.kubrig.machinery.json.Limits;
import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.tree.Tree;
import io.kubrig.machinery.yaml.Yaml;
import io.kubrig.machinery.yaml.YamlException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Request bodies to objects: decoding, the check of kind and version, and what strict validation finds. */
public final class Bodies {
  /** Bytes of a request body (source: apiserver/pkg/server/config.go). */
  static final int LIMIT = 3 << 20;

  /** Kinds that may be sent under any group's version. */
  private static final Set<String> META_KINDS = Set.of("DeleteOptions");

  /** Versions that are no longer served under which a kind may still be sent to its subresource. */
  private static final Map<String, String> FORMER_VERSIONS = Map.of("Eviction", "policy/v1beta1");

  private final TypedDecoding typed;

  public Bodies(TypedDecoding typed) {
    this.typed = typed;
  }

  /**
   * What is expected in a body.
   *
   * @param schema of the kind; drives types, unknown fields and normal forms
   * @param custom whether it is a custom resource
   */
  public record Expected(GroupVersionKind kind, Schema schema, boolean custom) {}

  public byte[] bytes(Call call) throws IOException {
    return call.exchange().body(LIMIT);
  }

  /** Decodes the body of a create or update. */
  public Tree object(Call call, Expected expected, FieldValidation validation, Consumer<String> warnings) throws IOException {
    MediaType type = Negotiation.body(call.exchange().headers().value("Content-Type"), !expected.custom());
    Tree object = object(bytes(call), type, expected, validation, warnings);
    call.audit().requestObject(object);
    return object;
  }

  public Tree object(byte[] bytes, MediaType type, Expected expected, FieldValidation validation, Consumer<String> warnings) {
    if (type == MediaType.PROTOBUF) {
      return typed.protobuf(bytes, expected);
    }
    Document document = read(bytes, type, expected);
    if (document.value() == null) {
      document = Document.of(new Tree());
    }
    if (!(document.value() instanceof Tree tree)) {
      throw unrecognized(expected, "json: cannot unmarshal " + jsonType(document.value()) + " into Go value of type struct");
    }
    checkKind(tree, expected);
    withKind(tree, expected);
    return typed.normalised(document, expected, validation, warnings);
  }

  /** Decodes the body of a deletion, which may name any group's version. */
  Tree deleteOptions(byte[] bytes, MediaType type, Expected expected) {
    if (type != MediaType.PROTOBUF && read(bytes, type, expected).value() instanceof Tree tree) {
      tree.remove("kind");
      tree.remove("apiVersion");
      return object(io.kubrig.machinery.json.Json.write(tree), MediaType.JSON, expected, FieldValidation.IGNORE, text -> {});
    }
    return object(bytes, type, expected, FieldValidation.IGNORE, text -> {});
  }

  private static Document read(byte[] bytes, MediaType type, Expected expected) {
    if (bytes.length == 0 && type == MediaType.JSON) {
      throw unrecognized(expected, "unexpected end of JSON input");
    }
    try {
      return type == MediaType.YAML ? Yaml.readDocument(bytes, Limits.REQUEST) : Json.readDocument(bytes, Limits.REQUEST);
    } catch (JsonException | YamlException e) {
      throw unrecognized(expected, e.getMessage());
    }
  }

  private static ApiException unrecognized(Expected expected, String why) {
    if (expected.custom()) {
      return ApiException.badRequest("error decoding " + expected.kind().kind() + ": " + why);
    }
    String type = expected.kind().kind();
    String subject = type.equals("DeleteOptions") ? "" : "the object provided is unrecognized (must be of type " + type + "): ";
    return ApiException.badRequest(subject + "couldn't get version/kind; json parse error: " + why);
  }

  private static String jsonType(Object value) {
    return switch (value) {
      case List<?> ignored -> "array";
      case String ignored -> "string";
      case Boolean ignored -> "bool";
      default -> "number";
    };
  }

  /** The kind and version of a body may be left out, or must be the path's. */
  private void checkKind(Tree tree, Expected expected) {
    String kind = tree.string("kind", expected.kind().kind());
    String apiVersion = tree.string("apiVersion", expected.kind().apiVersion());
    if (META_KINDS.contains(kind) && expected.kind().kind().equals(kind)) {
      return;
    }
    if (kind.isEmpty()) {
      kind = expected.kind().kind();
    }
    if (apiVersion.isEmpty()) {
      apiVersion = expected.kind().apiVersion();
    }
    if (apiVersion.equals(FORMER_VERSIONS.get(kind)) && kind.equals(expected.kind().kind())) {
      return;
    }
    GroupVersionKind actual = GroupVersionKind.of(apiVersion, kind);
    if (expected.custom()) {
      checkCustomKind(tree, actual, expected.kind());
    } else if (!actual.equals(expected.kind())) {
      throw typed.mismatch(actual, expected);
    }
  }

  private static void checkCustomKind(Tree tree, GroupVersionKind actual, GroupVersionKind expected) {
    if (!actual.apiVersion().equals(expected.apiVersion())) {
      throw ApiException.badRequest(
          "the API version in the data (" + actual.apiVersion() + ") does not match the expected API version (" + expected.apiVersion()
              + ")");
    }
    if (!actual.kind().equals(expected.kind())) {
      FieldErrors errors = new FieldErrors().invalid(FieldPath.of("kind"), actual.kind(), "must be " + expected.kind());
      throw ApiException.invalid(expected.group(), actual.kind(), tree.tree("metadata").string("name"), errors);
    }
  }

  private static Tree withKind(Tree tree, Expected expected) {
    tree.set("kind", expected.kind().kind());
    tree.set("apiVersion", expected.kind().apiVersion());
    return tree;
  }
}
