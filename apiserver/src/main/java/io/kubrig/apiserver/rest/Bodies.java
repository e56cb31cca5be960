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
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
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

  private static final Set<String> UNVERSIONED = Set.of("Status", "APIVersions", "APIGroup", "APIGroupList", "APIResourceList");

  /** Bytes of a body that messages show. */
  private static final int SHOWN_BYTES = 30;

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
    if (expected.custom()) {
      checkKindIsThere(document.value(), bytes, type, expected, validation);
    }
    if (document.value() == null) {
      document = Document.of(new Tree());
    }
    if (!(document.value() instanceof Tree tree)) {
      throw unrecognized(expected, "json: cannot unmarshal " + jsonType(document.value()) + " into Go value of type struct");
    }
    checkVersionForm(tree, bytes, expected);
    checkKind(tree, expected);
    withKind(tree, expected);
    return typed.normalised(document, expected, validation, warnings);
  }

  /** Decodes the body of a deletion, which may name any group's version. */
  Tree deleteOptions(byte[] bytes, MediaType type, Expected expected) {
    if (type != MediaType.PROTOBUF && read(bytes, type, expected).value() instanceof Tree tree) {
      checkOptionsKind(tree.string("kind"), tree.string("apiVersion", "v1"));
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
    return ApiException.badRequest(subject(expected) + "couldn't get version/kind; json parse error: " + why);
  }

  static String subject(Expected expected) {
    String type = expected.kind().kind();
    return type.equals("DeleteOptions") ? "" : "the object provided is unrecognized (must be of type " + type + "): ";
  }

  /** How messages show a body: its beginning, as text or in hexadecimal digits. (Source: apimachinery, summarizeData.) */
  static String summary(byte[] body) {
    if (body.length == 0) {
      return " (<empty>)";
    }
    byte[] shown = Arrays.copyOf(body, Math.min(body.length, SHOWN_BYTES));
    String text = body[0] == '{' ? new String(shown, StandardCharsets.UTF_8) : HexFormat.of().formatHex(shown);
    return " (" + text + (body.length > SHOWN_BYTES ? " ..." : "") + ")";
  }

  /** Custom resources must say their kind, built-in ones need not. */
  private static void checkKindIsThere(Object value, byte[] body, MediaType type, Expected expected, FieldValidation validation) {
    boolean object = value == null || value instanceof Tree;
    if (!object || (value instanceof Tree tree && (!tree.string("kind").isEmpty() || tree.get("kind") instanceof Tree))) {
      return;
    }
    byte[] json = type == MediaType.YAML ? Json.write(value) : body;
    String why = "Object 'Kind' is missing in '" + new String(json, StandardCharsets.UTF_8) + "'";
    String kind = expected.kind().kind();
    throw ApiException.badRequest(
        validation == FieldValidation.IGNORE
            ? kind + " in version \"" + expected.kind().version() + "\" cannot be handled as a " + kind + ": " + why
            : subject(expected) + why + summary(body));
  }

  /** Kind and version must be texts, and the version one or two words. */
  private static void checkVersionForm(Tree tree, byte[] body, Expected expected) {
    for (String member : List.of("apiVersion", "kind")) {
      Object value = tree.get(member);
      if (value != null && !(value instanceof String)) {
        throw unrecognized(expected, "json: cannot unmarshal " + jsonType(value) + " into Go struct field ." + member + " of type string");
      }
    }
    String version = tree.string("apiVersion");
    if (version.chars().filter(c -> c == '/').count() > 1) {
      throw ApiException.badRequest(subject(expected) + "unexpected GroupVersion string: " + version + summary(body));
    }
  }

  /** DeleteOptions may be of any version, but of no other kind. */
  private static void checkOptionsKind(String kind, String version) {
    if (kind.isEmpty() || kind.equals("DeleteOptions")) {
      return;
    }
    throw ApiException.badRequest(
        version.equals("v1") && UNVERSIONED.contains(kind)
            ? "converting (v1." + kind + ") to (v1.DeleteOptions): unknown conversion"
            : "no kind \"" + kind + "\" is registered for version \"" + version + "\" in scheme \"pkg/runtime/scheme.go\"");
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
