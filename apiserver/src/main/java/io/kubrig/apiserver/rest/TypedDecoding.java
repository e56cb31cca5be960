package io.kubrig.apiserver.rest;

import io.kubrig.apiserver.registry.Forms;
import io.kubrig.apiserver.registry.Operation.FieldValidation;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.json.Document;
import io.kubrig.machinery.protobuf.Protobuf;
import io.kubrig.machinery.protobuf.ProtobufException;
import io.kubrig.machinery.schema.DecodeException;
import io.kubrig.machinery.schema.Decoded;
import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.schema.SchemaCatalog;
import io.kubrig.machinery.tree.Tree;
import java.util.function.Consumer;

/**
 * What decoding into a typed object does natively: types are checked, unknown fields dropped and reported, values brought to their normal
 * form.
 */
public final class TypedDecoding {
  private final SchemaCatalog schemas;
  private final Forms forms;

  public TypedDecoding(SchemaCatalog schemas, Forms forms) {
    this.schemas = schemas;
    this.forms = forms;
  }

  /** Decodes a document whose kind has been checked. */
  Tree normalised(Document document, Bodies.Expected expected, FieldValidation validation, Consumer<String> warnings) {
    Decoded decoded;
    try {
      decoded = forms.decode(expected.schema(), expected.custom(), document);
    } catch (DecodeException e) {
      throw cannotHandle(expected, e.getMessage());
    }
    if (validation == FieldValidation.STRICT && !decoded.isStrict()) {
      throw cannotHandle(expected, decoded.strictMessage());
    }
    if (validation == FieldValidation.WARN) {
      decoded.warnings().forEach(warnings);
    }
    return decoded.tree();
  }

  private static ApiException cannotHandle(Bodies.Expected expected, String why) {
    String kind = expected.kind().kind();
    return ApiException.badRequest(kind + " in version \"" + expected.kind().version() + "\" cannot be handled as a " + kind + ": " + why);
  }

  Tree protobuf(byte[] bytes, Bodies.Expected expected) {
    try {
      Protobuf.Envelope envelope = Protobuf.open(bytes);
      GroupVersionKind actual = envelope.groupVersionKind();
      if (!actual.kind().isEmpty() && !actual.equals(expected.kind()) && !expected.kind().kind().equals("DeleteOptions")) {
        throw mismatch(actual, expected);
      }
      Tree tree = Protobuf.decode(expected.schema(), envelope);
      tree.set("kind", expected.kind().kind()).set("apiVersion", expected.kind().apiVersion());
      return forms.normalise(expected.schema(), false, tree);
    } catch (ProtobufException e) {
      boolean other = e.getMessage().startsWith("provided data does not appear to be a protobuf message");
      throw other ? foreign(bytes, expected, e.getMessage()) : cannotHandle(expected, e.getMessage());
    } catch (DecodeException e) {
      throw cannotHandle(expected, e.getMessage());
    }
  }

  private static ApiException foreign(byte[] bytes, Bodies.Expected expected, String why) {
    boolean options = expected.kind().kind().equals("DeleteOptions");
    return ApiException.badRequest(options ? why : Bodies.subject(expected) + why + Bodies.summary(bytes));
  }

  /** The refusal of a body of another kind than the path's. */
  ApiException mismatch(GroupVersionKind actual, Bodies.Expected expected) {
    GroupVersionKind wanted = expected.kind();
    String cannot = actual.kind() + " in version \"" + actual.version() + "\" cannot be handled as a " + wanted.kind() + ": ";
    if (schemas.kind(actual).isEmpty()) {
      return ApiException.badRequest(
          cannot + "no kind \"" + actual.kind() + "\" is registered for version \"" + actual.apiVersion()
              + "\" in scheme \"k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30\"");
    }
    return ApiException.badRequest(
        cannot + "converting (" + actual.version() + "." + actual.kind() + ") to (" + internal(wanted) + "." + wanted.kind()
            + "): unknown conversion");
  }

  /** The Go package of native's internal type, which messages show. */
  private static String internal(GroupVersionKind kind) {
    String group = kind.group();
    int dot = group.indexOf('.');
    return group.isEmpty() ? "core" : dot < 0 ? group : group.substring(0, dot);
  }
}
