package io.kubrig.apiserver.openapi;

import io.kubrig.apiserver.openapi.Operation.Parameter;
import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.schema.Schema.Field;
import io.kubrig.machinery.schema.SchemaCatalog;
import io.kubrig.schemas.Descriptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The parameters of operations: those of the path, and the fields of option kinds in the query. */
final class Parameters {
  static final Parameter NAMESPACE =
      new Parameter("path", "namespace", "string", "object name and auth scope, such as for teams and projects");
  static final Parameter PATH = new Parameter("path", "path", "string", "path to the resource");
  static final Parameter PRETTY =
      new Parameter(
          "query",
          "pretty",
          "string",
          "If 'true', then the output is pretty printed. Defaults to 'false' unless the user-agent indicates a browser or command-line HTTP"
              + " tool (curl and wget).");

  private final SchemaCatalog catalog;
  private final Descriptions descriptions;

  Parameters(SchemaCatalog catalog, Descriptions descriptions) {
    this.catalog = catalog;
    this.descriptions = descriptions;
  }

  static Parameter name(String kind) {
    return new Parameter("path", "name", "string", "name of the " + kind);
  }

  /** The fields of a kind of options that can stand in a query. */
  List<Parameter> options(GroupVersionKind kind, Set<String> without) {
    Schema schema = catalog.kind(kind).orElseThrow(() -> new IllegalStateException("no schema for " + kind));
    List<Parameter> parameters = new ArrayList<>();
    for (Field field : schema.fields().values()) {
      String type = type(field.schema());
      if (!type.isEmpty() && !field.name().equals("kind") && !field.name().equals("apiVersion") && !without.contains(field.name())) {
        parameters.add(new Parameter("query", field.name(), type, descriptions.field(schema.name(), field.name())));
      }
    }
    return parameters;
  }

  private static String type(Schema schema) {
    return switch (schema.type()) {
      case STRING -> "string";
      case INTEGER -> "integer";
      case BOOLEAN -> "boolean";
      case ARRAY -> type(schema.items());
      case OBJECT, MAP, NUMBER, TIME, MICRO_TIME, INT_OR_STRING, QUANTITY, DURATION, BYTES, ANY -> "";
    };
  }
}
