package io.kubrig.machinery.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.machinery.patch.JsonPatch;
import io.kubrig.machinery.patch.MergePatch;
import io.kubrig.machinery.patch.PatchException;
import io.kubrig.machinery.patch.PatchTree;
import io.kubrig.machinery.patch.StrategicMergePatch;
import io.kubrig.machinery.quantity.Quantity;
import io.kubrig.machinery.quantity.QuantityException;
import io.kubrig.machinery.schema.DecodeException;
import io.kubrig.machinery.schema.Decoder;
import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.schema.StructuralDecoder;
import io.kubrig.machinery.schema.TestSchemas;
import io.kubrig.machinery.tree.Tree;
import io.kubrig.machinery.yaml.Yaml;
import io.kubrig.machinery.yaml.YamlException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bodies that are allowed by their size and made to cost more than their size. None may take longer than a moment. */
@Timeout(20)
class HostileDocumentsTest {

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void nesting_is_bounded_and_what_is_within_the_bound_can_be_walked() {
    byte[] deepest = bytes("[".repeat(1000) + "]".repeat(1000));
    Object value = Json.read(deepest, Limits.REQUEST);
    assertThat(Json.write(Tree.copyOf(value))).isEqualTo(deepest);
    assertThat(Json.read(bytes("{\"items\":[" + Json.text(value) + "]}"))).isNotNull();
    assertThatThrownBy(() -> Json.read(bytes("[".repeat(1001)), Limits.REQUEST)).isInstanceOf(JsonException.class)
        .hasMessageContaining("exceeded max depth");
    assertThatThrownBy(() -> Yaml.readDocument(bytes("[".repeat(3_000_000)), Limits.REQUEST)).isInstanceOf(YamlException.class)
        .hasMessageContaining("exceeded max depth");
  }

  @Test
  void the_size_of_a_document_is_bounded() {
    byte[] large = bytes("\"" + "x".repeat(3 << 20) + "\"");
    assertThatThrownBy(() -> Json.read(large, Limits.REQUEST)).isInstanceOf(JsonException.class).hasMessageContaining("exceeds the limit");
    assertThatThrownBy(() -> Yaml.readDocument(large, Limits.REQUEST)).isInstanceOf(YamlException.class)
        .hasMessageContaining("exceeds the limit");
  }

  @Test
  void aliases_of_aliases_do_not_multiply() {
    StringBuilder laughs = new StringBuilder("a0: &a0 [x]\n");
    for (int i = 1; i < 60; i++) {
      laughs.append("a%d: &a%d [%s]\n".formatted(i, i, String.join(",", Collections.nCopies(9, "*a" + (i - 1)))));
    }
    assertThatThrownBy(() -> Yaml.readDocument(bytes(laughs.toString()), Limits.REQUEST)).isInstanceOf(YamlException.class)
        .hasMessageContaining("excessive aliasing");
  }

  @Test
  void aliases_do_not_nest_deeper_than_a_document_may() {
    StringBuilder chain = new StringBuilder("a0: &a0 " + "[".repeat(900) + "]".repeat(900) + "\n");
    for (int i = 1; i < 30; i++) {
      chain.append("a%d: &a%d ".formatted(i, i)).append("[".repeat(900)).append("*a").append(i - 1).append("]".repeat(900)).append('\n');
    }
    assertThatThrownBy(() -> Yaml.readDocument(bytes(chain.toString()), Limits.REQUEST)).isInstanceOf(YamlException.class)
        .hasMessageContaining("exceeded max depth");
  }

  @Test
  void an_anchor_cannot_contain_itself() {
    assertThatThrownBy(() -> Yaml.readDocument(bytes("a: &a [*a]"), Limits.REQUEST)).isInstanceOf(YamlException.class)
        .hasMessageContaining("anchor 'a' value contains itself");
  }

  @Test
  void numbers_of_many_digits_cost_no_more_than_their_text() {
    String digits = "7".repeat(400_000);
    assertThat(Yaml.readTree("a: " + digits).get("a")).as("too large for a float: a string, as natively").isEqualTo(digits);
    assertThat(Yaml.readTree("a: 0x" + digits).get("a")).isEqualTo("0x" + digits);
    assertThat(Yaml.readTree("a: " + "7".repeat(40)).get("a")).isEqualTo(7.777777777777778E39);
    assertThat(Yaml.readTree("a: 18446744073709551615").get("a")).isEqualTo(1.8446744073709552E19);
    assertThat(Yaml.readTree("a: 1\u0663").get("a")).as("digits of other scripts are letters").isEqualTo("1\u0663");
    assertThatThrownBy(() -> Quantity.parse(digits)).isInstanceOf(QuantityException.class);
    assertThatThrownBy(() -> Json.read(bytes(digits), Limits.REQUEST)).isInstanceOf(JsonException.class);
  }

  @Test
  void a_patch_may_not_have_ten_thousand_and_one_operations() {
    String operation = "{\"op\":\"test\",\"path\":\"/a\",\"value\":1}";
    String body = IntStream.range(0, 10_001).mapToObj(i -> operation).collect(Collectors.joining(",", "[", "]"));
    assertThatThrownBy(() -> JsonPatch.read(bytes(body))).isInstanceOf(PatchException.class)
        .hasMessage("The allowed maximum operations in a JSON patch is 10000, got 10001");
  }

  @Test
  void copies_of_copies_are_bounded_in_size_and_depth() {
    List<String> doubling = new ArrayList<>(List.of("{\"op\":\"add\",\"path\":\"/a\",\"value\":[\"" + "x".repeat(1000) + "\"]}"));
    List<String> deepening = new ArrayList<>(List.of("{\"op\":\"add\",\"path\":\"/a\",\"value\":{}}"));
    String inner = "/a";
    for (int i = 0; i < 20; i++) {
      doubling.add("{\"op\":\"copy\",\"from\":\"/a\",\"path\":\"/a/-\"}");
      deepening.add("{\"op\":\"copy\",\"from\":\"/a\",\"path\":\"" + inner + "/a\"}");
      inner += inner;
    }
    for (List<String> operations : List.of(doubling, deepening)) {
      JsonPatch patch = JsonPatch.read(bytes(operations.subList(0, Math.min(operations.size(), 18)).toString()));
      Tree document = new Tree();
      assertThatThrownBy(() -> patch.apply(document)).isInstanceOf(PatchException.class)
          .hasMessageMatching("(?s).*(max depth|exceeding the limit).*");
    }
  }

  @Test
  void a_patch_that_removes_everything_costs_no_more_than_reading_it() {
    int members = 50_000;
    Tree object = new Tree();
    Tree nulls = new Tree();
    IntStream.range(0, members).forEach(i -> object.set("k" + i, "v"));
    IntStream.range(0, members).forEach(i -> nulls.set("k" + i, null));
    for (int round = 0; round < 2; round++) {
      Tree document = Tree.of("data", object.copy());
      byte[] body = Json.write(Tree.of("data", nulls));
      if (round == 0) {
        MergePatch.apply(document, PatchTree.readMerge(body).tree());
      } else {
        document = StrategicMergePatch.apply(document, PatchTree.readStrategic(body).tree(), TestSchemas.GADGET);
      }
      assertThat(document.tree("data").isEmpty()).isTrue();
    }
    String removals = IntStream.range(0, 10_000).mapToObj(i -> "{\"op\":\"remove\",\"path\":\"/data/k" + i + "\"}")
        .collect(Collectors.joining(",", "[", "]"));
    Tree left = JsonPatch.read(bytes(removals)).apply(Tree.of("data", object.copy()));
    assertThat(left.tree("data").size()).isEqualTo(members - 10_000);
    assertThat(left.tree("data").get("k49999")).isEqualTo("v");
  }

  @Test
  void merging_long_lists_is_no_work_of_the_square_of_their_length() {
    int elements = 50_000;
    Tree finalizers = new Tree();
    IntStream.range(0, elements).forEach(i -> finalizers.needList("finalizers").add("example.com/" + i));
    Tree containers = new Tree();
    IntStream.range(0, elements).forEach(i -> containers.needList("containers").add(Tree.of("name", "c" + i)));
    Schema gadget = TestSchemas.GADGET;
    Tree document = Tree.of("metadata", finalizers.copy(), "spec", containers.copy());
    Tree patch = Tree.of("metadata", finalizers.copy(), "spec", containers.copy());
    Tree patched = StrategicMergePatch.apply(document, patch, gadget);
    assertThat(patched.tree("spec").list("containers")).hasSize(elements);
    assertThat(patched.tree("metadata").list("finalizers")).isNotEmpty();
    Tree deletions = new Tree();
    IntStream.range(0, elements).forEach(i -> deletions.needList("containers").add(Tree.of("name", "c" + i, "$patch", "delete")));
    assertThat(StrategicMergePatch.apply(patched, Tree.of("spec", deletions), gadget).tree("spec").list("containers")).isEmpty();
  }

  @Test
  void the_complaints_about_a_document_are_bounded() {
    Tree unknown = new Tree();
    IntStream.range(0, 100_000).forEach(i -> unknown.set("u" + i, 1L));
    Tree object = Tree.of("metadata", new Tree(), "spec", Tree.of("x".repeat(500_000), unknown.copy()));
    Schema root = new Schema(Schema.Type.OBJECT)
        .field(new Schema.Field("spec", new Schema(Schema.Type.MAP).items(new Schema(Schema.Type.OBJECT))));
    var decoded = new StructuralDecoder(root, TestSchemas.OBJECT_META, true).decode(Document.of(object));
    assertThat(decoded.tree().tree("spec").tree("x".repeat(500_000)).isEmpty()).isTrue();
    assertThat(decoded.strictErrors().stream().mapToLong(String::length).sum()).isLessThan(8 << 20);
    assertThat(unknown.size()).isEqualTo(100_000);
    assertThat(new Decoder(TestSchemas.GADGET).decode(Document.of(Tree.of("spec", unknown))).strictErrors()).hasSize(100);
    assertThatThrownBy(() -> new Decoder(TestSchemas.GADGET).normalise(Tree.of("spec", 1L))).isInstanceOf(DecodeException.class);
  }

  @Test
  void parts_that_objects_share_can_be_patched() {
    byte[] document = bytes("{\"spec\":{\"fieldsV1\":{\"a\":{\"l\":[1,{\"x\":1}]},\"b\":{}}}}");
    byte[] patch = bytes("{\"spec\":{\"fieldsV1\":{\"a\":{\"l\":[2,null,{\"y\":null}],\"$retainKeys\":[\"l\"]},\"b\":null}}}");
    Json.read(document);
    Tree merged = Json.readTree(document);
    MergePatch.apply(merged, PatchTree.readMerge(patch).tree());
    assertThat(merged.at("spec", "fieldsV1", "a").list("l")).isEqualTo(List.of(2L, new Tree()));
    Tree strategic = StrategicMergePatch.apply(Json.readTree(document), PatchTree.readStrategic(patch).tree(), TestSchemas.GADGET);
    assertThat(strategic.at("spec", "fieldsV1").names()).containsExactly("a");
    byte[] operations = bytes("[{\"op\":\"add\",\"path\":\"/spec/fieldsV1/a/l/1/z\",\"value\":3},{\"op\":\"remove\",\"path\":"
        + "\"/spec/fieldsV1/b\"},{\"op\":\"remove\",\"path\":\"/spec/fieldsV1/a/l/0\"}]");
    Tree patched = JsonPatch.read(operations).apply(Json.readTree(document));
    assertThat(Json.text(patched)).isEqualTo("{\"spec\":{\"fieldsV1\":{\"a\":{\"l\":[{\"x\":1,\"z\":3}]}}}}");
    assertThat(Json.text(Json.readTree(document))).as("the shared part itself").isEqualTo(new String(document, StandardCharsets.UTF_8));
  }
}
