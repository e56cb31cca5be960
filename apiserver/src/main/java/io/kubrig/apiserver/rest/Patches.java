package io.kubrig.apiserver.rest;

import io.kubrig.apiserver.registry.Forms;
import io.kubrig.apiserver.registry.Lens;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.registry.Ownership;
import io.kubrig.apiserver.registry.Resource;
import io.kubrig.apiserver.registry.Writer;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.machinery.json.Document;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.json.Limits;
import io.kubrig.machinery.patch.JsonPatch;
import io.kubrig.machinery.patch.MergePatch;
import io.kubrig.machinery.patch.PatchException;
import io.kubrig.machinery.patch.PatchTree;
import io.kubrig.machinery.patch.StrategicMergePatch;
import io.kubrig.machinery.schema.DecodeException;
import io.kubrig.machinery.schema.Decoded;
import io.kubrig.machinery.schema.Decoder.Wording;
import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.tree.Tree;
import io.kubrig.machinery.yaml.Yaml;
import io.kubrig.machinery.yaml.YamlException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The four kinds of patch. */
public final class Patches {
  /** How a patch is to be understood, by its Content-Type. */
  private static final List<String> TYPES =
      List.of(
          "application/json-patch+json", "application/merge-patch+json", "application/strategic-merge-patch+json",
          "application/apply-patch+yaml");

  public enum Type {
    JSON,
    MERGE,
    STRATEGIC,
    APPLY
  }

  private final Forms forms;
  private final Ownership ownership;

  public Patches(Forms forms, Ownership ownership) {
    this.forms = forms;
    this.ownership = ownership;
  }

  Type type(Call call, Resource resource) {
    String header = call.exchange().headers().value("Content-Type");
    if (!resource.custom() && !isRouted(header)) {
      throw ApiException.noRouteForMediaType();
    }
    return switch (header.split(";", 2)[0]) {
      case "application/json-patch+json" -> Type.JSON;
      case "application/merge-patch+json" -> Type.MERGE;
      case "application/apply-patch+yaml" -> Type.APPLY;
      case "application/strategic-merge-patch+json" -> {
        if (resource.custom()) {
          throw unknown(resource);
        }
        yield Type.STRATEGIC;
      }
      default -> throw unknown(resource);
    };
  }

  /** Built-in resources are routed by media type, letter by letter, of a list of several by any; custom ones are not. */
  private static boolean isRouted(String header) {
    return Arrays.stream(header.split(",")).map(part -> part.split(";", 2)[0].strip()).anyMatch(TYPES::contains);
  }

  private static ApiException unknown(Resource resource) {
    String types = TYPES.stream().filter(type -> !resource.custom() || !type.contains("strategic")).collect(Collectors.joining(", "));
    return new ApiException(
        415,
        "UnsupportedMediaType",
        "the body of the request was in an unknown format - accepted media types include: " + types,
        Tree.empty());
  }

  Ownership ownership() {
    return ownership;
  }

  /**
   * What a patch makes of an object.
   *
   * @param patch the body; read anew for every object that it is tried on
   */
  Writer.Change change(Type type, byte[] patch, Operation operation, Bodies.Expected expected, Lens lens) {
    return current -> {
      Tree patched = patched(type, patch, current, operation, expected, lens);
      if (lens.viewKind().isEmpty()) {
        Forms.applyDefaults(expected.schema(), expected.custom(), patched);
        operation.resource().behaviour().applyDefaults(patched, operation.version());
      }
      return patched;
    };
  }

  private Tree patched(Type type, byte[] patch, Tree current, Operation operation, Bodies.Expected expected, Lens lens) {
    try {
      return switch (type) {
        case JSON -> {
          JsonPatch json = JsonPatch.read(patch);
          yield decoded(json.apply(current), json.strictErrors(), Wording.JSON, operation, expected);
        }
        case MERGE -> {
          PatchTree merge = PatchTree.readMerge(patch);
          MergePatch.apply(current, merge.tree());
          yield decoded(current, merge.strictErrors(), Wording.JSON, operation, expected);
        }
        case STRATEGIC -> {
          PatchTree strategic = PatchTree.readStrategic(patch);
          Tree result = StrategicMergePatch.apply(current, strategic.tree(), expected.schema());
          result.fill("kind", expected.kind().kind());
          result.fill("apiVersion", expected.kind().apiVersion());
          yield decoded(result, strategic.strictErrors(), Wording.UNSTRUCTURED, operation, expected);
        }
        case APPLY -> applied(patch, current, operation, expected, lens);
      };
    } catch (PatchException e) {
      throw refusal(e);
    }
  }

  private static ApiException refusal(PatchException e) {
    return switch (e.kind()) {
      case BAD_REQUEST -> ApiException.badRequest(e.getMessage());
      case TOO_LARGE -> ApiException.tooLarge("Request entity too large: " + e.getMessage());
      case UNPROCESSABLE -> ApiException.unprocessable();
      case INTERNAL -> new ApiException(500, "", e.getMessage(), Tree.empty());
    };
  }

  /** The result in its normal form; what is wrong with it is the patch's fault. */
  private Tree decoded(Tree result, List<String> patchErrors, Wording wording, Operation operation, Bodies.Expected expected) {
    String shown = Json.text(result);
    GroupVersionKind kind = GroupVersionKind.of(result.string("apiVersion"), result.string("kind"));
    if (!kind.equals(expected.kind()) && expected.custom()) {
      throw otherKind(result, kind, expected.kind());
    }
    if (!kind.equals(expected.kind())) {
      throw invalid(shown, kind.kind() + " in version \"" + kind.version() + "\" cannot be handled as a " + expected.kind().kind());
    }
    Decoded decoded;
    try {
      decoded = forms.decode(expected.schema(), expected.custom(), Document.of(result), wording);
    } catch (DecodeException e) {
      throw invalid(shown, e.getMessage());
    }
    List<String> errors = new ArrayList<>(patchErrors);
    errors.addAll(decoded.strictErrors());
    switch (operation.options().fieldValidation()) {
      case STRICT -> {
        if (!errors.isEmpty()) {
          throw invalid(shown, "strict decoding error: " + String.join(", ", errors));
        }
      }
      case WARN -> errors.forEach(operation::warn);
      case IGNORE -> {}
    }
    return decoded.tree();
  }

  private static ApiException otherKind(Tree result, GroupVersionKind kind, GroupVersionKind wanted) {
    FieldErrors errors = new FieldErrors();
    if (kind.apiVersion().equals(wanted.apiVersion())) {
      errors.invalid(FieldPath.of("kind"), kind.kind(), "must be " + wanted.kind());
    } else {
      errors.invalid(FieldPath.of("apiVersion"), kind.apiVersion(), "must be " + wanted.apiVersion());
    }
    return ApiException.invalid(wanted.group(), kind.kind(), result.tree("metadata").string("name"), errors);
  }

  private static ApiException invalid(String patched, String why) {
    FieldErrors errors = new FieldErrors();
    errors.invalid(FieldPath.of("patch"), patched, why);
    return ApiException.invalid("", "", "", errors);
  }

  private Tree applied(byte[] patch, Tree current, Operation operation, Bodies.Expected expected, Lens lens) {
    Document document;
    try {
      document = Yaml.readDocument(patch, Limits.REQUEST);
    } catch (YamlException e) {
      throw ApiException.badRequest("error decoding YAML: " + e.getMessage());
    }
    if (document.value() != null && !(document.value() instanceof Tree)) {
      throw ApiException.badRequest("error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal the patch");
    }
    Tree intent = document.value() instanceof Tree tree ? tree : new Tree();
    String uid = intent.tree("metadata").string("uid");
    if (current.isEmpty() && !uid.isEmpty()) {
      throw ApiException.conflict(
          operation.resource().group(),
          operation.resource().plural(),
          operation.name(),
          "uid mismatch: the provided object specified uid " + uid + ", and no existing object was found");
    }
    Tree result = ownership.applied(operation, current, intent, lens);
    if (!document.remarks().isEmpty()) {
      duplicates(document.remarks(), operation);
    }
    try {
      return forms.normalise(expected.schema(), expected.custom(), result);
    } catch (DecodeException e) {
      throw new ApiException(500, "", inVain(intent, expected.kind()) + why(e), Tree.empty());
    }
  }

  /** Bytes are decoded by another path than the rest, which says so. */
  private static String why(DecodeException e) {
    return e.getMessage().startsWith("illegal base64") ? "error decoding from json: " + e.getMessage() : e.getMessage();
  }

  private static String inVain(Tree intent, GroupVersionKind kind) {
    Tree metadata = intent.tree("metadata");
    String what = kind.group() + "/" + kind.version() + ", Kind=" + kind.kind();
    return "failed to convert new object (" + metadata.string("namespace") + "/" + metadata.string("name") + "; " + what
        + ") to proper version: unable to convert unstructured object to " + what + ": ";
  }

  private static void duplicates(List<String> remarks, Operation operation) {
    String error = "error converting YAML to JSON: yaml: unmarshal errors:\n  " + String.join("\n  ", remarks);
    switch (operation.options().fieldValidation()) {
      case STRICT -> throw ApiException.badRequest("error strict decoding YAML: " + error);
      case WARN -> remarks.forEach(operation::warn);
      case IGNORE -> {}
    }
  }
}
