package io.kubrig.machinery.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubrig.machinery.tree.Tree;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonTest {
  private static final ObjectMapper JACKSON = new ObjectMapper();

  @Test
  void keeps_integers_and_other_numbers_apart() {
    assertThat(Json.read("[0,-0,9223372036854775807,-9223372036854775808,9223372036854775808,1.0,1e3,0.1]"))
        .isEqualTo(List.of(0L, 0L, Long.MAX_VALUE, Long.MIN_VALUE, 9.223372036854775808e18, 1.0, 1000.0, 0.1));
  }

  @Test
  void of_a_repeated_member_the_last_counts_and_the_earlier_is_reported() {
    Document document = Json.readDocument("{\"a\":1,\"b\":{\"x\":1,\"x\":2},\"a\":3}".getBytes(StandardCharsets.UTF_8), Limits.REQUEST);
    Tree tree = (Tree) document.value();
    assertThat(tree).isEqualTo(Tree.of("a", 3L, "b", Tree.of("x", 2L)));
    assertThat(document.duplicatesIn(tree)).containsExactly(new Document.Duplicate("a", 1L, 2));
    assertThat(document.duplicatesIn(tree.tree("b"))).containsExactly(new Document.Duplicate("x", 1L, 1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"a\" 1}|invalid character '1' after object key",
        "{\"a\":1,}|invalid character '}' looking for beginning of object key string",
        "{\"a\":1 \"b\"}|invalid character '\"' after object key:value pair",
        "[1,]|invalid character ']' looking for beginning of value",
        "[1 2]|invalid character '2' after array element",
        "[01]|invalid character '1' after array element",
        "{} x|invalid character 'x' after top-level value",
        "{|unexpected end of JSON input",
        "``|unexpected end of JSON input",
        "nul|unexpected end of JSON input",
        "nulx|invalid character 'x' in literal null (expecting 'l')",
        "-x|invalid character 'x' in numeric literal",
        "1.x|invalid character 'x' after decimal point in numeric literal",
        "1ex|invalid character 'x' in exponent of numeric literal",
        "\"\\q\"|invalid character 'q' in string escape code",
        "\"\\u00g0\"|invalid character 'g' in \\u hexadecimal character escape",
        "1e999|json: cannot unmarshal number 1e999 into Go value of type float64",
      })
  void complains_with_the_words_of_go(String text, String message) {
    assertThatThrownBy(() -> Json.read(text == null ? "" : text)).isInstanceOf(JsonException.class).hasMessage(message);
  }

  @Test
  void refuses_nesting_size_and_number_of_values_beyond_the_limits() {
    Limits limits = new Limits(100, 3, 10);
    assertThat(Json.read("[[[1]]]".getBytes(StandardCharsets.UTF_8), limits)).isNotNull();
    assertThatThrownBy(() -> Json.read("[[[[1]]]]".getBytes(StandardCharsets.UTF_8), limits)).hasMessage("exceeded max depth");
    assertThatThrownBy(() -> Json.read(new byte[101], limits)).isInstanceOf(JsonException.class);
    assertThatThrownBy(() -> Json.read("[0,1,2,3,4,5,6,7,8,9]".getBytes(StandardCharsets.UTF_8), limits)).isInstanceOf(JsonException.class);
  }

  @Test
  void replaces_each_wrong_byte_and_each_lone_surrogate() {
    assertThat(Json.read(new byte[] {'"', (byte) 0xe2, (byte) 0x82, 'a', '"'})).isEqualTo("\ufffd\ufffda");
    assertThat(Json.read("\"\\ud800x\\udc00\\ud83d\\ude00\"")).isEqualTo("\ufffdx\ufffd\ud83d\ude00");
  }

  @Test
  void escapes_as_go_does() {
    assertThat(Json.text("<a href=\"x\">&\u2028\u2029\u0001\n\b\f\u00e9\ud83d\ude00\\/"))
        .isEqualTo("\"\\u003ca href=\\\"x\\\"\\u003e\\u0026\\u2028\\u2029\\u0001\\n\\b\\f\u00e9\ud83d\ude00\\\\/\"");
  }

  @ParameterizedTest
  @CsvSource({
    "1.0,1", "0.1,0.1", "1e20,100000000000000000000", "1e21,1e+21", "1.5e300,1.5e+300", "1e-6,0.000001", "1e-7,1e-7", "-2.5e-10,-2.5e-10",
    "123456.789,123456.789", "100,100", "-0.0,-0", "2.5e-320,2.5e-320"
  })
  void prints_floats_as_go_does(double number, String text) {
    assertThat(GoFloat.format(number)).isEqualTo(text);
  }

  @Test
  void prints_with_indentation() {
    Object value = Json.read("{\"a\":[1,{}],\"b\":{\"c\":[]}}");
    assertThat(new String(Json.pretty(value), StandardCharsets.UTF_8))
        .isEqualTo("{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": {\n    \"c\": []\n  }\n}");
  }

  @Test
  void agrees_with_jackson_on_random_documents() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    for (int i = 0; i < 2_000; i++) {
      Object value = randomValue(random, 4);
      byte[] ours = i % 2 == 0 ? Json.write(value) : Json.pretty(value);
      JsonNode theirs = JACKSON.readTree(ours);
      assertThat(theirs).as("seed %d", seed).isEqualTo(JACKSON.readTree(JACKSON.writeValueAsBytes(plain(value))));
      assertThat(Json.read(ours)).as("seed %d", seed).isEqualTo(value);
      assertThat(Json.read(JACKSON.writeValueAsBytes(theirs))).as("seed %d", seed).isEqualTo(value);
    }
  }

  private static Object randomValue(Random random, int depth) {
    return switch (random.nextInt(depth == 0 ? 6 : 9)) {
      case 0 -> random.nextLong() >> random.nextInt(64);
      case 1 -> random.nextBoolean();
      case 2 -> null;
      case 3 -> (random.nextInt(1_000_000) + 0.5) / 1024;
      case 4, 5 -> randomText(random);
      case 6 -> {
        List<Object> list = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
          list.add(randomValue(random, depth - 1));
        }
        yield list;
      }
      default -> {
        Tree tree = new Tree();
        for (int i = random.nextInt(40); i > 0; i--) {
          tree.set(randomText(random), randomValue(random, depth - 1));
        }
        yield tree;
      }
    };
  }

  private static String randomText(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(12); i > 0; i--) {
      int point = random.nextInt(4) == 0 ? random.nextInt(0x11000) : random.nextInt(0x80);
      text.appendCodePoint(point >= 0xd800 && point < 0xe000 ? 'x' : point);
    }
    return text.toString();
  }

  private static Object plain(Object value) {
    if (value instanceof Tree tree) {
      Map<String, Object> map = new LinkedHashMap<>();
      tree.forEach((name, member) -> map.put(name, plain(member)));
      return map;
    }
    return value instanceof List<?> list
        ? list.stream().map(JsonTest::plain).collect(Collectors.toCollection(ArrayList::new)) : value;
  }

  @Test
  void the_same_managed_fields_in_two_documents_are_one_tree() {
    String fields = "{\"f:metadata\":{\"f:labels\":{\".\":{},\"f:a}\\\"{\":{}}}}";
    Tree one = Json.readTree("{\"x\":1,\"fieldsV1\":" + fields + ",\"y\":2}");
    Tree other = Json.readTree("{\"fieldsV1\": " + fields + "}");
    assertThat(one.get("fieldsV1")).isSameAs(other.get("fieldsV1"));
    assertThat(one.integer("y")).isEqualTo(2);
    assertThat(Json.text(other)).isEqualTo("{\"fieldsV1\":" + fields + "}");
  }

  @Test
  void managed_fields_that_are_written_otherwise_are_printed_as_ever() {
    assertThat(Json.text(Json.readTree("{\"fieldsV1\":{ \"f:a\" : {\"f:\\u0062\":{}} }}")))
        .isEqualTo("{\"fieldsV1\":{\"f:a\":{\"f:b\":{}}}}");
    assertThat(Json.text(Json.readTree("{\"fieldsV1\":\"text\"}"))).isEqualTo("{\"fieldsV1\":\"text\"}");
    assertThatThrownBy(() -> Json.readTree("{\"fieldsV1\":{\"f:a\":{}")).isInstanceOf(JsonException.class);
  }
}
