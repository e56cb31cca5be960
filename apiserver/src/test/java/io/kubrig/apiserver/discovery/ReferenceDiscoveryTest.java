package io.kubrig.apiserver.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.json.Limits;
import io.kubrig.machinery.tree.Tree;
import io.kubrig.schemas.KubernetesSchemas;
import io.kubrig.schemas.ResourceTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Compares the documents with those of a native server that serves every version, in the directory that a property names. */
@EnabledIfSystemProperty(named = "kubrig.reference", matches = ".+", disabledReason = "needs a directory of native documents")
class ReferenceDiscoveryTest {
  private static final Path REFERENCE = Path.of(System.getProperty("kubrig.reference", ""), "discovery");

  @Test
  void every_document_equals_the_native_one() throws IOException {
    ResourceTable table = KubernetesSchemas.resources();
    ServedApis.Snapshot served = new ServedApis(table.groups(), table).snapshot();
    List<String> differing = new ArrayList<>();
    compare("aggregated_v2", DiscoveryDocuments.aggregated(served.named()), differing);
    compare("api", DiscoveryDocuments.versions(served.group("").orElseThrow(), "10.10.10.10:8050"), differing);
    compare("api__v1", DiscoveryDocuments.resources(served.group("").orElseThrow().versions().getFirst()), differing);
    compare("apis", DiscoveryDocuments.groups(served.named()), differing);
    int documents = 4;
    for (ServedGroup group : served.named()) {
      compare("apis__" + group.name(), DiscoveryDocuments.group(group), differing);
      documents++;
      for (ServedVersion version : group.versions()) {
        compare("apis__" + group.name() + "__" + version.version(), DiscoveryDocuments.resources(version), differing);
        documents++;
      }
    }
    System.out.println(documents + " documents compared, " + differing.size() + " differ");
    assertThat(differing).isEmpty();
  }

  private static void compare(String name, Tree ours, List<String> differing) throws IOException {
    Tree theirs = (Tree) Json.read(Files.readAllBytes(REFERENCE.resolve(name + ".json")), Limits.TRUSTED);
    if (!ours.equals(theirs)) {
      differing.add(name + "\n  ours   " + Json.text(ours) + "\n  theirs " + Json.text(theirs));
    }
  }
}
