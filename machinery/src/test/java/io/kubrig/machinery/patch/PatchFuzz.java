package io.kubrig.machinery.patch;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.schema.TestSchemas;
import io.kubrig.machinery.tree.Tree;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

class PatchFuzz {

  private static Tree document() {
    return Json.readTree("{\"metadata\":{\"name\":\"a\",\"labels\":{\"x\":\"y\"},\"finalizers\":[\"f\",\"g\"]},\"data\":{\"k\":\"v\"},"
        + "\"spec\":{\"containers\":[{\"name\":\"c\",\"ports\":[{\"containerPort\":80}]},{\"name\":\"d\"}],\"strategy\":{\"type\":\"R\"}}}");
  }

  private static Stream<byte[]> bytes(String... texts) {
    return Stream.of(texts).map(text -> text.getBytes(StandardCharsets.UTF_8));
  }

  static Stream<byte[]> operations() {
    return bytes(
        "[{\"op\":\"add\",\"path\":\"/data/x~1y~0\",\"value\":[1]},{\"op\":\"move\",\"from\":\"/data\",\"path\":\"/spec/z\"},"
            + "{\"op\":\"copy\",\"from\":\"/spec\",\"path\":\"/spec/q\"},{\"op\":\"test\",\"path\":\"/metadata/name\",\"value\":\"a\"}]",
        "[{\"op\":\"remove\",\"path\":\"/spec/containers/-1\"},{\"op\":\"replace\",\"path\":\"\",\"value\":{}}]",
        "[{\"op\":\"add\",\"path\":\"/spec/containers/-\",\"value\":null},{\"op\":\"copy\",\"from\":\"\",\"path\":\"/x\"}]",
        "[{\"op\":\"replace\",\"path\":\"/spec/containers/0/ports/00\",\"value\":{}}]");
  }

  @MethodSource("operations")
  @FuzzTest
  void a_json_patch_applies_or_is_refused(byte[] patch) {
    try {
      assertThat(Json.write(JsonPatch.read(patch).apply(document()))).isNotEmpty();
    } catch (PatchException refused) {
      // documented
    }
  }

  static Stream<byte[]> merges() {
    return bytes("{\"metadata\":{\"labels\":null,\"a\":{\"b\":null}},\"data\":[null,{\"x\":null}]}", "{\"spec\":1}", "null", "[]");
  }

  @MethodSource("merges")
  @FuzzTest
  void a_merge_patch_comes_to_rest(byte[] patch) {
    Tree document = document();
    try {
      // as natively, nulls in a list that takes an object's place go when the list is replaced in its turn
      merge(merge(document, patch), patch);
    } catch (PatchException refused) {
      return;
    }
    assertThat(merge(document.copy(), patch)).isEqualTo(document);
  }

  private static Tree merge(Tree document, byte[] patch) {
    MergePatch.apply(document, PatchTree.readMerge(patch).tree());
    return document;
  }

  static Stream<byte[]> strategics() {
    return bytes(
        "{\"spec\":{\"$setElementOrder/containers\":[{\"name\":\"d\"},{\"name\":\"c\"}],\"containers\":[{\"name\":\"c\",\"image\":\"i\"},"
            + "{\"$patch\":\"delete\",\"name\":\"d\"}],\"strategy\":{\"$retainKeys\":[\"type\"],\"type\":\"S\"}}}",
        "{\"metadata\":{\"$deleteFromPrimitiveList/finalizers\":[\"f\"],\"finalizers\":[\"h\"]},\"data\":{\"$patch\":\"replace\"}}",
        "{\"spec\":{\"containers\":[{\"$patch\":\"replace\"},{\"name\":\"x\"}]}}",
        "{\"$patch\":\"delete\"}");
  }

  @MethodSource("strategics")
  @FuzzTest
  void a_strategic_patch_applies_or_is_refused(byte[] patch) {
    try {
      Tree patched = StrategicMergePatch.apply(document(), PatchTree.readStrategic(patch).tree(), TestSchemas.GADGET);
      assertThat(Json.write(patched)).isNotEmpty();
    } catch (PatchException refused) {
      // documented
    }
  }
}
