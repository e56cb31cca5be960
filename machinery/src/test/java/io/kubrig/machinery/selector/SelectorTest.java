package io.kubrig.machinery.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.tree.Tree;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SelectorTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a=b|true", "a==b|true", "a!=b|false", "a in (c,b)|true", "a notin (c)|true", "x|false", "!x|true", "n>4|true",
            "n<5|false", "a=b,n=5|true", "e=|true",
        "e|true", "x!=1|true", "x notin (1)|true", "in in (in)|true", "n in (,5)|true", "a>1|false", "e in ()|true"
      })
  void matches_labels(String selector, boolean expected) {
    assertThat(LabelSelector.parse(selector).matches(Map.of("a", "b", "n", "5", "e", "", "in", "in"))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|',
      value = {"b=1,a=2|a=2,b=1", "x in (b,a,a)|x in (a,b)", "!x , y|!x,y", "a notin ()|a notin ()", "a==1,b!=2|a==1,b!=2"})
  void prints_requirements_sorted_by_key(String selector, String printed) {
    assertThat(LabelSelector.parse(selector)).hasToString(printed);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "x is 1|unable to parse requirement: found 'is', expected: in, notin, =, ==, !=, gt, lt",
        "x>a|unable to parse requirement: values[0]: Invalid value: \"a\": for 'Gt', 'Lt' operators, the value must be an integer",
        "x in (a|unable to parse requirement: found '', expected: ',' or ')'",
        "x in 1|unable to parse requirement: found '1' expected: '('",
        "a=b,|found '', expected: identifier after ','",
        "=b|found '=', expected: !, identifier, or 'end of string'",
        "a=b c|found 'c', expected: ',' or 'end of string'",
        "a=(|unable to parse requirement: found '(', expected: identifier",
      })
  void complains_as_native(String selector, String message) {
    assertThatThrownBy(() -> LabelSelector.parse(selector)).isInstanceOf(SelectorException.class).hasMessage(message);
  }

  @Test
  void names_the_key_or_value_that_is_malformed() {
    assertThatThrownBy(() -> LabelSelector.parse("'=1"))
        .hasMessage(
            "unable to parse requirement: <nil>: Invalid value: \"'\": name part must consist of alphanumeric characters, '-', '_' or "
                + "'.', and must start"
                + " and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is"
                + " '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')");
    String longest = "a".repeat(64);
    assertThatThrownBy(() -> LabelSelector.parse("x=" + longest))
        .hasMessage("unable to parse requirement: values[0][x]: Invalid value: \"" + longest + "\": must be no more than 63 bytes");
  }

  @Test
  void reads_the_selector_object_of_the_api() {
    Tree tree = Json.readTree("{\"matchLabels\":{\"a\":\"b\"},\"matchExpressions\":[{\"key\":\"c\",\"operator\":\"In\",\"values\":[\"d\",\"e\"]}]}");
    assertThat(LabelSelector.of(tree)).hasToString("a=b,c in (d,e)");
    assertThat(LabelSelector.of(Tree.empty()).matches(Map.of())).isTrue();
    assertThat(LabelSelector.nothing().matches(Map.of())).isFalse();
    assertThatThrownBy(() -> LabelSelector.of(Json.readTree("{\"matchExpressions\":[{\"key\":\"c\",\"operator\":\"Foo\"}]}")))
        .hasMessage("\"Foo\" is not a valid label selector operator");
    assertThatThrownBy(() -> LabelSelector.of(Json.readTree("{\"matchExpressions\":[{\"key\":\"c\",\"operator\":\"In\"}]}")))
        .hasMessage("values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty");
  }

  @Test
  void checks_the_parts_of_a_label_key() {
    assertThat(LabelSyntax.keyErrors("example.com/a")).isEmpty();
    assertThat(LabelSyntax.keyErrors("a/b/c")).singleElement().asString().startsWith("a valid label key must consist of");
    assertThat(LabelSyntax.keyErrors("/b")).containsExactly("prefix part must be non-empty");
    assertThat(LabelSyntax.keyErrors("Ex_ample.com/a")).singleElement().asString().startsWith("prefix part a lowercase RFC 1123 subdomain");
    assertThat(LabelSyntax.subdomainErrors("a..b")).hasSize(1);
    assertThat(LabelSyntax.subdomainErrors("a-.b")).hasSize(1);
    assertThat(LabelSyntax.subdomainErrors("a.-b")).hasSize(1);
    assertThat(LabelSyntax.subdomainErrors("a-b.c1")).isEmpty();
  }

  @Test
  void selects_by_fields() {
    FieldSelector selector = FieldSelector.parse("spec.x!=2,metadata.name=a\\,b,");
    assertThat(selector.matches(Map.of("metadata.name", "a,b")::get)).isTrue();
    assertThat(selector.matches(Map.of("metadata.name", "a,b", "spec.x", "2")::get)).isFalse();
    assertThat(selector).hasToString("metadata.name=a\\,b,spec.x!=2");
    assertThat(selector.exactValue("metadata.name")).contains("a,b");
    assertThatThrownBy(() -> FieldSelector.parse("abc")).hasMessage("invalid selector: 'abc'; can't understand 'abc'");
    assertThatThrownBy(() -> FieldSelector.parse("a=\\x")).hasMessage("invalid field selector: invalid escape sequence: \\x");
    assertThatThrownBy(() -> FieldSelector.parse("a=b=c")).hasMessage("invalid field selector: unescaped character in value: 61");
  }
}
