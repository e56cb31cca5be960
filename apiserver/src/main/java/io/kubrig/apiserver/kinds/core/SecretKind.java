package io.kubrig.apiserver.kinds.core;

import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.table.Columns;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.validation.MetadataRules;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.json.JsonException;
import io.kubrig.machinery.tree.Tree;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Secrets: {@code stringData} is merged into {@code data}, well-known types need their keys. */
final class SecretKind implements Kind {
  private static final int MAX_BYTES = 1 << 20;
  private static final String REDACTED = "<secret contents redacted>";
  private static final FieldPath DATA = FieldPath.of("data");

  private static final TableColumns COLUMNS =
      Columns.of(
          (secret, now) ->
              Columns.row(Columns.name(secret), secret.string("type"), (long) secret.tree("data").size(), Columns.age(secret, now)),
          Columns.NAME,
          Columns.text("Type", "Used to facilitate programmatic handling of secret data."),
          Columns.text("Data", "Data contains the secret data. Each key must consist of alphanumeric characters, '-', '_' or '.'."),
          Columns.AGE);

  @Override
  public void applyDefaults(Tree object, String version) {
    Tree plain = object.tree("stringData");
    if (!plain.isEmpty()) {
      Tree data = object.need("data");
      plain.forEach((key, value) -> data.set(key, Base64.getEncoder().encodeToString(((String) value).getBytes(StandardCharsets.UTF_8))));
    }
    object.remove("stringData");
    if (object.string("type").isEmpty()) {
      object.set("type", "Opaque");
    }
  }

  @Override
  public List<String> warnings(Tree object, Tree old) {
    return object.string("type").equals("kubernetes.io/tls") ? KeyPairWarnings.of(object.tree("data")).stream().toList() : List.of();
  }

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    Tree data = object.tree("data");
    long bytes = 0;
    for (String key : data.names()) {
      DataKeys.check(key, DATA.key(key), errors);
      bytes += DataKeys.decodedLength(data.string(key));
    }
    if (bytes > MAX_BYTES) {
      errors.tooLong(DATA, MAX_BYTES);
    }
    type(object, data, errors);
  }

  private static void type(Tree object, Tree data, FieldErrors errors) {
    switch (object.string("type")) {
      case "kubernetes.io/service-account-token" -> {
        if (object.tree("metadata").stringMap("annotations").getOrDefault("kubernetes.io/service-account.name", "").isEmpty()) {
          errors.required(FieldPath.of("metadata", "annotations").key("kubernetes.io/service-account.name"), "");
        }
      }
      case "kubernetes.io/dockercfg" -> json(data, ".dockercfg", errors);
      case "kubernetes.io/dockerconfigjson" -> json(data, ".dockerconfigjson", errors);
      case "kubernetes.io/basic-auth" -> {
        if (!data.has("username") && !data.has("password")) {
          errors.required(DATA.key("username"), "");
          errors.required(DATA.key("password"), "");
        }
      }
      case "kubernetes.io/ssh-auth" -> {
        if (data.string("ssh-privatekey").isEmpty()) {
          errors.required(DATA.key("ssh-privatekey"), "");
        }
      }
      case "kubernetes.io/tls" -> {
        for (String key : new String[] {"tls.crt", "tls.key"}) {
          if (!data.has(key)) {
            errors.required(DATA.key(key), "");
          }
        }
      }
      default -> { }
    }
  }

  private static void json(Tree data, String key, FieldErrors errors) {
    if (!data.has(key)) {
      errors.required(DATA.key(key), "");
      return;
    }
    try {
      Json.readTree(Base64.getDecoder().decode(data.string(key)));
    } catch (JsonException | IllegalArgumentException e) {
      errors.invalid(DATA.key(key), REDACTED, e.getMessage());
    }
  }

  @Override
  public void prepareForUpdate(Tree object, Tree old, Operation operation) {
    if (object.string("type").isEmpty()) {
      object.set("type", old.string("type"));
    }
  }

  @Override
  public void validateUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    MetadataRules.immutable(object.get("type"), old.get("type"), FieldPath.of("type"), errors);
    DataKeys.immutable(object, old, errors, "data");
  }

  @Override
  public Map<String, String> selectableFields(Tree object) {
    return Map.of("type", object.string("type"));
  }

  @Override
  public Set<String> selectableFieldLabels() {
    return Set.of("type");
  }

  @Override
  public String unsupportedField(String field) {
    return "field label not supported: " + field;
  }

  @Override
  public TableColumns columns() {
    return COLUMNS;
  }
}
