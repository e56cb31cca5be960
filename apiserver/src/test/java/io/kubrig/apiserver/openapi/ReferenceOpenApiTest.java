package io.kubrig.apiserver.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.apiserver.discovery.ServedApis;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.json.Limits;
import io.kubrig.machinery.tree.Tree;
import io.kubrig.schemas.KubernetesSchemas;
import io.kubrig.schemas.ResourceTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Compares the documents with those of a native server that serves every version, in the directory that a property names. */
@EnabledIfSystemProperty(named = "kubrig.reference", matches = ".+", disabledReason = "needs a directory of native documents")
class ReferenceOpenApiTest {
  private static final Path REFERENCE = Path.of(System.getProperty("kubrig.reference", ""), "openapi");

  /** The reference was written with CBOR switched on, and without enumerations and the zeros of elements, which native serves. */
  private static final List<String> OTHERWISE =
      List.of(
          "description", "enum", "default", "allOf", "$ref", "version", "application/cbor", "application/cbor-seq",
          "application/apply-patch+cbor", "produces", "consumes", "/logs/", "/logs/{logpath}");

  @Test
  void every_definition_equals_the_native_one() throws IOException {
    Tree native2 = read(REFERENCE.resolve("v2.json")).tree("definitions");
    Map<String, Tree> theirs = new TreeMap<>();
    try (var files = Files.list(REFERENCE.resolve("v3"))) {
      for (Path file : files.sorted().toList()) {
        read(file).at("components", "schemas").forEach((name, schema) -> theirs.put(name, (Tree) schema));
      }
    }
    BuiltInDefinitions definitions = new BuiltInDefinitions(KubernetesSchemas.load(), KubernetesSchemas.descriptions());
    Map<String, List<String>> differences = new TreeMap<>();
    theirs.forEach(
        (name, schema) -> {
          schema.set("x-kubernetes-group-version-kind", native2.tree(name).get("x-kubernetes-group-version-kind"));
          if (schema.get("x-kubernetes-group-version-kind") == null) {
            schema.remove("x-kubernetes-group-version-kind");
          }
          Differences.between(name, definitions.definition(name).orElse(null), schema)
              .forEach((kind, paths) -> differences.computeIfAbsent(kind, _ -> new ArrayList<>()).addAll(paths));
        });
    report(theirs.size() + " definitions", differences);
    assertThat(differences.keySet()).isSubsetOf(OTHERWISE);
  }

  @Test
  void every_version_3_document_equals_the_native_one() throws IOException {
    OpenApiDocuments documents =
        new OpenApiDocuments(KubernetesSchemas.load(), KubernetesSchemas::descriptions, new RemoteDocuments(() -> {}));
    ResourceTable table = KubernetesSchemas.resources();
    Map<String, Tree> ours = documents.version3(new ServedApis(table.groups(), table).snapshot());
    Map<String, List<String>> differences = new TreeMap<>();
    ours.forEach(
        (part, document) -> {
          Path file = REFERENCE.resolve("v3").resolve(part.replace("/", "__") + "_openapi.json");
          try {
            Differences.between(part, document, Files.exists(file) ? read(file) : null)
                .forEach((kind, paths) -> differences.computeIfAbsent(kind, _ -> new ArrayList<>()).addAll(paths));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    report(ours.size() + " documents", differences);
    assertThat(differences.keySet()).isSubsetOf(OTHERWISE);
  }

  @Test
  void the_version_2_document_equals_the_native_one() throws IOException {
    OpenApiDocuments documents =
        new OpenApiDocuments(KubernetesSchemas.load(), KubernetesSchemas::descriptions, new RemoteDocuments(() -> {}));
    ResourceTable table = KubernetesSchemas.resources();
    Tree ours = documents.version2(new ServedApis(table.groups(), table).snapshot());
    Map<String, List<String>> differences = Differences.between("", ours, read(REFERENCE.resolve("v2.json")));
    report("version 2", differences);
    assertThat(differences.keySet()).isSubsetOf(OTHERWISE);
  }

  private static void report(String what, Map<String, List<String>> differences) {
    differences.forEach(
        (kind, paths) -> {
          System.out.println(kind + ": " + paths.size());
          paths.stream().limit(kind.equals("description") ? Integer.getInteger("kubrig.shown", 30) : 25)
              .forEach(path -> System.out.println("    " + path));
        });
    System.out.println(what + " compared, " + differences.values().stream().mapToInt(List::size).sum() + " differences");
  }

  private static Tree read(Path file) throws IOException {
    return (Tree) Json.read(Files.readAllBytes(file), Limits.TRUSTED);
  }
}
