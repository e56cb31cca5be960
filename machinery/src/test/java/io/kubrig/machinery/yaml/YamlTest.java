package io.kubrig.machinery.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.machinery.json.Document;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.json.Limits;
import io.kubrig.machinery.tree.Tree;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class YamlTest {

  private static Object read(String text) {
    return Yaml.readDocument(text.getBytes(StandardCharsets.UTF_8), Limits.REQUEST).value();
  }

  @Test
  void reads_the_scalars_of_yaml_1_1() {
    assertThat(read("[yes, No, on, y, ~, 0x1f, 010, 0o17, 1_000, 1.0, 1e3, .5, 2001-01-01, 1.2.3, '1', \"yes\", 9223372036854775808]"))
        .isEqualTo(
            new ArrayList<>(
                Arrays.asList(
                    true, false, true, true, null, 31L, 8L, 15L, 1000L, 1L, 1000L, 0.5, "2001-01-01", "1.2.3", "1", "yes",
                        9.223372036854775808e18)));
  }

  @Test
  void sorts_members_and_makes_strings_of_other_names() {
    assertThat(Json.text(read("b: 1\na: {2: x, yes: z}\n"))).isEqualTo("{\"a\":{\"2\":\"x\",\"true\":\"z\"},\"b\":1}");
  }

  @Test
  void remarks_members_that_are_given_twice() {
    Document document = Yaml.readDocument("a:\n  k: v\n  k: w\n".getBytes(StandardCharsets.UTF_8), Limits.REQUEST);
    assertThat(document.value()).isEqualTo(Tree.of("a", Tree.of("k", "w")));
    assertThat(document.remarks()).containsExactly("line 3: key \"k\" already set in map");
  }

  @Test
  void remarks_the_line_where_the_second_value_begins() {
    Document document = Yaml.readDocument("a:\n  k: v\na:\n  l: w\n".getBytes(StandardCharsets.UTF_8), Limits.REQUEST);
    assertThat(document.remarks()).containsExactly("line 4: key \"a\" already set in map");
  }

  @Test
  void follows_aliases_and_merges() {
    assertThat(Json.text(read("base: &b {x: 1, z: 2}\nd:\n  <<: *b\n  z: 3\n")))
        .isEqualTo("{\"base\":{\"x\":1,\"z\":2},\"d\":{\"x\":1,\"z\":3}}");
  }

  @Test
  void refuses_an_alias_bomb() {
    StringBuilder bomb = new StringBuilder("a: &a [x,x,x,x,x,x,x,x,x,x]\n");
    for (char c = 'b'; c < 'k'; c++) {
      String before = "*" + (char) (c - 1);
      bomb.append(c).append(": &").append(c).append(" [").append(String.join(",", Collections.nCopies(10, before))).append("]\n");
    }
    assertThatThrownBy(() -> read(bomb.toString())).isInstanceOf(YamlException.class).hasMessageContaining("excessive aliasing");
  }

  @Test
  void refuses_deep_nesting_and_malformed_text() {
    assertThatThrownBy(() -> read("[".repeat(5000))).isInstanceOf(YamlException.class);
    assertThatThrownBy(() -> read("a: b: c")).isInstanceOf(YamlException.class)
        .hasMessageStartingWith("error converting YAML to JSON: yaml: line 1: ");
    assertThatThrownBy(() -> read("*x")).hasMessageContaining("unknown anchor 'x' referenced");
  }

  @Test
  void reads_every_document_of_a_stream_and_leaves_empty_ones_out() {
    assertThat(Yaml.readAll("---\na: 1\n---\n---\nb: 2\n".getBytes(StandardCharsets.UTF_8), Limits.REQUEST))
        .isEqualTo(List.of(Tree.of("a", 1L), Tree.of("b", 2L)));
    assertThat(read("")).isNull();
  }

  @Test
  void writes_the_shape_that_kubectl_shows() {
    Object value = Json.read("{\"b\":[{\"x\":1,\"a\":[[1,2],[]]},\"y\"],\"a\":{},\"t\":\"l1\\nl2\\n\",\"s\":\"yes\",\"n\":null,\"c\":\"a: b\",\"e\":\"\"}");
    assertThat(Yaml.write(value))
        .isEqualTo(
            """
            a: {}
            b:
            - a:
              - - 1
                - 2
              - []
              x: 1
            - "y"
            c: 'a: b'
            e: ""
            "n": null
            s: "yes"
            t: |
              l1
              l2
            """);
  }

  @Test
  void reads_what_it_writes() {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    String alphabet = "ab:#-?'\"\\ \n\t{}[],&*!|>%@`0159.eyn~=<\u00e9\u0001";
    for (int i = 0; i < 3_000; i++) {
      Tree tree = new Tree();
      for (int m = 0; m < 4; m++) {
        tree.set(word(random, alphabet), random.nextBoolean() ? word(random, alphabet)
            : List.of(word(random, alphabet), Tree.of(word(random, alphabet), 1L)));
      }
      String text = Yaml.write(tree);
      assertThat(read(text)).as("seed %d:%n%s", seed, text).isEqualTo(tree);
    }
  }

  private static String word(Random random, String alphabet) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(7); i > 0; i--) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return text.toString();
  }
}
