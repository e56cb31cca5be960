package io.kubrig.apiserver.customresource;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.tree.Tree;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemaValidationTest {

  private static Tree tree(String json) {
    return Json.readTree(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  private static String complaints(String schema, String value) {
    FieldErrors errors = new FieldErrors();
    ValueValidator.of(tree(schema)).validate(tree(value), FieldPath.NONE, errors);
    return errors.isEmpty() ? "" : errors.message();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'properties':{'a':{'type':'string'}}} | {'a':1} | a: Invalid value: \"integer\": a in body must be of type string: \"integer\"",
        "{'properties':{'a':{'type':'string','maxLength':3}}} | {'a':'abcd'} | a: Too long: may not be more than 3 bytes",
        "{'properties':{'a':{'enum':['x','y']}}} | {'a':'z'} | a: Unsupported value: \"z\": supported values: \"x\", \"y\"",
        "{'required':['a']} | {} | a: Required value",
        "{'properties':{'a':{'type':'array','maxItems':1}}} | {'a':[1,2]} | a: Too many: 2: must have at most 1 item",
        "{'properties':{'a':{'not':{'enum':[1]}}}} | {'a':1} | <nil>: Invalid value: \"\": \"a\" must not validate the schema (not)",
        "{'properties':{'a':{'type':'string','format':'ipv4'}}} | {'a':'x'} | a: Invalid value: \"x\": a in body must be of type ipv4: "
            + "\"x\"",
        "{'properties':{'a':{'type':'string','format':'nobodys'}}} | {'a':'x'} | ``",
      })
  void complains_of_values_in_the_words_of_native(String schema, String value, String complaint) {
    assertThat(complaints(schema, value)).isEqualTo(complaint == null ? "" : complaint);
  }

  @Test
  void tolerates_what_was_wrong_before_and_stays() {
    ValueValidator validator = ValueValidator.of(tree("{'properties':{'a':{'maxLength':1},'b':{'maxLength':1}}}"));
    FieldErrors errors = new FieldErrors();
    validator.validateUpdate(tree("{'a':'long','b':'new'}"), tree("{'a':'long','b':'x'}"), FieldPath.NONE, errors);
    assertThat(errors.message()).isEqualTo("b: Too long: may not be more than 1 bytes");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'type':'object','properties':{'a':{}}} | s.properties[a].type: Required value: must not be empty for specified object fields",
        "{'type':'string'} | s.type: Invalid value: \"string\": must be object at the root",
        "{'type':'object','properties':{'a':{'type':'array'}}} | s.properties[a].items: Required value: must be specified",
        "{'type':'object','anyOf':[{'type':'object'}]} | s.anyOf[0].type: Forbidden: must be empty to be structural",
        "{'type':'object','anyOf':[{'properties':{'a':{}}}]} | s.properties[a]: Required value: because it is defined in "
            + "s.anyOf[0].properties[a]",
      })
  void wants_schemas_to_be_structural(String schema, String complaint) {
    FieldErrors errors = new FieldErrors();
    StructuralRules.check(tree(schema), FieldPath.of("s"), errors);
    assertThat(errors.message()).isEqualTo(complaint);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {".a.b | 1", ".list[1].n | y", ".list[?(@.n==\"x\")].v | 5", ".m.a\\.b | q", ".list[-1].n | y", ".none.at.all | <none>"})
  void follows_paths_into_objects(String path, String expected) {
    Tree object = tree("{'a':{'b':1},'list':[{'n':'x','v':5},{'n':'y'}],'m':{'a.b':'q'}}");
    assertThat(JsonPath.parse(path).first(object).map(JsonPath::text).orElse("<none>")).isEqualTo(expected);
  }
}
