package io.kubrig.machinery.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.json.JsonException;
import io.kubrig.machinery.json.Limits;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

class YamlFuzz {

  static Stream<byte[]> texts() {
    return Stream.of(
            "a: &x [1, 0x1f, 0b1, 017, 1_0, yes, ~, .5, '2026-01-02']\nb: *x\n<<: {c: d}\n? k\n: |\n  text\n---\n- - x\n",
            "a: &a [x,x,x,x]\nb: &b [*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c]\n",
            "&a [*a]",
            "!!binary aGk=",
            "text\n\n  of lines",
            "%YAML 1.1\n---\n\"\\x41\\u263a\": !!str 5\n",
            "0x" + "f".repeat(400),
            "[".repeat(1100),
            "a:\n- b: >-\n    folded\n    text\n  c: 'it''s'\n...\n")
        .map(text -> text.getBytes(StandardCharsets.UTF_8));
  }

  @MethodSource("texts")
  @FuzzTest
  void what_is_read_has_a_json_form_and_can_be_written_and_read_again(byte[] input) {
    Object value;
    try {
      value = Yaml.readDocument(input, Limits.REQUEST).value();
    } catch (YamlException refused) {
      return;
    }
    survives(value);
  }

  static Stream<byte[]> values() {
    return Stream.of("{\"a\":[{\"b\":[[1]]},\"- x\",\"#\",\" y \",\"\\n\",\"a: b\",\"\\t\",\"|\\n\"],\"n\":null,\"1\":1.0,\"e\":{}}")
        .map(text -> text.getBytes(StandardCharsets.UTF_8));
  }

  @MethodSource("values")
  @FuzzTest
  void every_json_value_survives_yaml(byte[] input) {
    Object value;
    try {
      value = Json.read(input, Limits.REQUEST);
    } catch (JsonException refused) {
      return;
    }
    survives(value);
  }

  /** A float without a fraction is an integer in text. */
  private static void survives(Object value) {
    String json = Json.text(value);
    String written = Yaml.write(Json.read(json));
    Object read = Yaml.readDocument(written.getBytes(StandardCharsets.UTF_8), Limits.TRUSTED).value();
    assertThat(read).as(written).isEqualTo(Json.read(json));
  }
}
