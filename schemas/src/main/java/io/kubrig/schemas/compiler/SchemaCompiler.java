package io.kubrig.schemas.compiler;

import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.schema.Schema;
import io.kubrig.schemas.Descriptions;
import io.kubrig.schemas.SchemaFormat;
import io.kubrig.schemas.compiler.GoFields.GoField;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The program that Maven runs: {@code SchemaCompiler JARS_DIR DATA_DIR GROUPS_FILE OUTPUT_DIR}. */
public final class SchemaCompiler {
  private static final String META = "io.k8s.apimachinery.pkg.apis.meta.v1.";

  /** Kinds of the meta package that live in the group meta.k8s.io, not in the core group. */
  private static final List<String> META_GROUP_KINDS =
      List.of("Table", "TableOptions", "PartialObjectMetadata", "PartialObjectMetadataList");

  /** Kinds of the meta package that every group version registers. */
  private static final List<String> EVERYWHERE =
      List.of("WatchEvent", "ListOptions", "GetOptions", "DeleteOptions", "CreateOptions", "UpdateOptions", "PatchOptions");

  private SchemaCompiler() {}

  /** Compiles the resources; fails when the sources disagree. */
  public static void main(String[] args) throws IOException {
    Path jars = Path.of(args[0]);
    Path data = Path.of(args[1]);
    Path groups = Path.of(args[2]);
    Path output = Path.of(args[3]);
    Map<String, Message> messages = new HashMap<>();
    DescriptorMessages.addTo(messages, ProtoComments.read(jars.resolve("client-java-proto-sources.jar")));
    TextMessages.addTo(messages, Files.readAllLines(data.resolve("messages.txt")));
    Corrections.apply(messages, Files.readAllLines(data.resolve("corrections.txt")));
    ParagraphStarts.apply(messages, Files.readAllLines(data.resolve("paragraphs.txt")));
    Map<String, List<GoField>> goFields = GoFields.parse(Files.readAllLines(data.resolve("go-fields.txt")));
    GoTypeNames goTypes = new GoTypeNames(Files.readAllLines(data.resolve("go-types.txt")));
    SchemaAssembler assembler = new SchemaAssembler(messages, goFields, goTypes, ApiTexts.read(jars.resolve("client-java-api.jar")));
    assembler.assemble();
    Enumerations.apply(assembler.definitions(), assembler.extensions(), Files.readAllLines(data.resolve("enumerations.txt")));
    Map<GroupVersionKind, Schema> kinds = kinds(assembler.definitions(), goFields, Files.readAllLines(groups));

    Files.createDirectories(output);
    try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(output.resolve("kubernetes.schema")))) {
      SchemaFormat.write(assembler.definitions(), kinds, out);
    }
    try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(output.resolve("kubernetes.descriptions")))) {
      new Descriptions(assembler.descriptions(), assembler.extensions()).write(out);
    }
    System.out.printf("compiled %d definitions, %d kinds%n", assembler.definitions().size(), kinds.size());
  }

  private static Map<GroupVersionKind, Schema> kinds(
      Map<String, Schema> definitions, Map<String, List<GoField>> goFields, List<String> groups) {
    Map<String, List<String>> groupVersions = new HashMap<>();
    Map<GroupVersionKind, Schema> kinds =
        new TreeMap<>(
            Comparator.comparing(GroupVersionKind::group).thenComparing(GroupVersionKind::version).thenComparing(GroupVersionKind::kind));
    for (String line : groups) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      String[] words = line.split(" ");
      String group = words[0].equals("core") ? "" : words[0];
      for (int i = 2; i < words.length; i++) {
        groupVersions.put(words[1] + "." + words[i], List.of(group, words[i]));
        for (String kind : EVERYWHERE) {
          kinds.put(new GroupVersionKind(group, words[i], kind), definitions.get(META + kind));
        }
      }
    }
    definitions.forEach(
        (name, schema) -> {
          int dot = name.lastIndexOf('.');
          String kind = name.substring(dot + 1);
          boolean isKind = goFields.getOrDefault(name, List.of()).contains(new GoFields.TypeMeta());
          List<String> groupVersion = groupVersions.get(name.substring(0, dot));
          if (isKind && groupVersion != null) {
            kinds.put(new GroupVersionKind(groupVersion.get(0), groupVersion.get(1), kind), schema);
          } else if (isKind && name.startsWith(META)) {
            kinds.put(new GroupVersionKind(META_GROUP_KINDS.contains(kind) ? "meta.k8s.io" : "", "v1", kind), schema);
          }
        });
    return kinds;
  }
}
