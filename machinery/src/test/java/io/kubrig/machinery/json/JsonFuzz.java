package io.kubrig.machinery.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

class JsonFuzz {

  static Stream<byte[]> texts() {
    return Stream.of(
            "{\"a\":[1,-2,3.5e7,true,null,\"x\\u00e9\\ud83d\\ude00\\n\"],\"a\":{\"fieldsV1\":{\"f:a\":{}}}}",
            "[".repeat(1100) + "]".repeat(1100),
            "-9223372036854775808",
            "9223372036854775808",
            "1e999",
            "\"\\ud83d\\u0041\"",
            "{\"fieldsV1\":{\"b\":[{\"c\":\"}\\\"\"}]}}",
            "\"\u2028<>&\u0000\"")
        .map(text -> text.getBytes(StandardCharsets.UTF_8));
  }

  @MethodSource("texts")
  @FuzzTest
  void what_is_read_can_be_written_and_read_again(byte[] input) {
    Object value;
    try {
      value = Json.readDocument(input, Limits.REQUEST).value();
    } catch (JsonException refused) {
      return;
    }
    byte[] written = Json.write(value);
    Object again = Json.read(written); // where a float without a fraction has become an integer
    assertThat(Json.write(again)).isEqualTo(written);
    assertThat(Json.read(Json.pretty(value))).isEqualTo(again);
  }
}
