package io.kubrig.machinery.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.machinery.json.Json;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonPatchTest {
  private static final String DOCUMENT = "{\"a\":{\"x\":1},\"l\":[1,2,3],\"n\":null}";

  private static JsonPatch patch(String text) {
    return JsonPatch.read(text.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[{\"op\":\"add\",\"path\":\"/a/y\",\"value\":2}]|{\"a\":{\"x\":1,\"y\":2},\"l\":[1,2,3],\"n\":null}",
        "[{\"op\":\"add\",\"path\":\"/l/1\",\"value\":9}]|{\"a\":{\"x\":1},\"l\":[1,9,2,3],\"n\":null}",
        "[{\"op\":\"add\",\"path\":\"/l/-\",\"value\":9}]|{\"a\":{\"x\":1},\"l\":[1,2,3,9],\"n\":null}",
        "[{\"op\":\"remove\",\"path\":\"/l/-1\"}]|{\"a\":{\"x\":1},\"l\":[1,2],\"n\":null}",
        "[{\"op\":\"replace\",\"path\":\"/a/z\",\"value\":{}}]|{\"a\":{\"x\":1,\"z\":{}},\"l\":[1,2,3],\"n\":null}",
        "[{\"op\":\"move\",\"from\":\"/a/x\",\"path\":\"/m\"}]|{\"a\":{},\"l\":[1,2,3],\"n\":null,\"m\":1}",
        "[{\"op\":\"copy\",\"from\":\"/l\",\"path\":\"/a/~1~0\"}]|{\"a\":{\"x\":1,\"/~\":[1,2,3]},\"l\":[1,2,3],\"n\":null}",
        "[{\"op\":\"test\",\"path\":\"/n\",\"value\":null},{\"op\":\"test\",\"path\":\"/none\"},{\"op\":\"test\",\"path\":\"/l/0\",\"value\":1}]|" + DOCUMENT,
        "[{\"op\":\"replace\",\"path\":\"\",\"value\":{\"b\":1}}]|{\"b\":1}",
      })
  void applies_operations(String patch, String result) {
    assertThat(Json.text(patch(patch).apply(Json.readTree(DOCUMENT)))).isEqualTo(result);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[{\"op\":\"add\",\"path\":\"/b/y\",\"value\":2}]", "[{\"op\":\"add\",\"path\":\"/l/4\",\"value\":2}]",
            "[{\"op\":\"remove\",\"path\":\"/b\"}]",
        "[{\"op\":\"test\",\"path\":\"/a/x\",\"value\":2}]", "[{\"op\":\"foo\",\"path\":\"/a\"}]", "[{\"op\":\"add\",\"value\":2}]",
            "[{\"op\":\"add\",\"path\":\"\",\"value\":{}}]",
        "[{\"op\":\"replace\",\"path\":\"/l/x\",\"value\":2}]", "[{\"op\":\"add\",\"path\":\"/a/x/y\",\"value\":2}]",
            "[{\"op\":\"move\",\"from\":\"/q\",\"path\":\"/m\"}]"
      })
  void refuses_what_does_not_apply(String patch) {
    assertThatThrownBy(() -> patch(patch).apply(Json.readTree(DOCUMENT)))
        .isInstanceOfSatisfying(PatchException.class, e -> assertThat(e.kind()).isEqualTo(PatchException.Kind.UNPROCESSABLE));
  }

  @Test
  void refuses_what_is_no_patch() {
    assertThatThrownBy(() -> patch("{\"op\":\"add\"}"))
        .hasMessage("error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp");
    assertThatThrownBy(() -> patch("[" + "{\"op\":\"test\"},".repeat(10_000) + "{}]"))
        .hasMessage("The allowed maximum operations in a JSON patch is 10000, got 10001");
    assertThat(patch("[{\"op\":\"add\",\"path\":\"/a\",\"value\":1,\"foo\":1}]").strictErrors())
        .containsExactly("json patch unknown field \"[0].foo\"");
  }

  @Test
  void bounds_what_copies_may_add() {
    String copies = "{\"op\":\"copy\",\"from\":\"/a\",\"path\":\"/a/b\"},{\"op\":\"copy\",\"from\":\"/a\",\"path\":\"/a/c\"},".repeat(16);
    assertThatThrownBy(() -> patch("[" + copies + "{\"op\":\"test\",\"path\":\"/none\"}]").apply(Json.readTree(DOCUMENT)))
        .hasMessageContaining("accumulated size increase of copy");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"a\":{\"x\":null,\"y\":{\"z\":null,\"w\":[1,null]}},\"l\":[4]}|{\"a\":{\"y\":{\"w\":[1]}},\"l\":[4],\"n\":null}",
        "{\"a\":5,\"none\":null}|{\"a\":5,\"l\":[1,2,3],\"n\":null}",
      })
  void merges(String patch, String result) {
    var document = Json.readTree(DOCUMENT);
    MergePatch.apply(document, PatchTree.readMerge(patch.getBytes(StandardCharsets.UTF_8)).tree());
    assertThat(Json.text(document)).isEqualTo(result);
  }

  @Test
  void reports_duplicates_in_a_merge_patch_and_refuses_lists() {
    assertThat(PatchTree.readMerge("{\"a\":{\"b\":1,\"b\":2}}".getBytes(StandardCharsets.UTF_8)).strictErrors())
        .containsExactly("duplicate field \"a.b\"");
    assertThatThrownBy(() -> PatchTree.readMerge("[1]".getBytes(StandardCharsets.UTF_8)))
        .hasMessage("error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}");
  }
}
