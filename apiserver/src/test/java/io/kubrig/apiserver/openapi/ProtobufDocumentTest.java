package io.kubrig.apiserver.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.machinery.json.Json;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Bytes by the field numbers of gnostic's messages. */
class ProtobufDocumentTest {
  private static String version2(String json) {
    return HexFormat.of().formatHex(ProtobufDocument.version2(Json.readTree(json.replace('\'', '"'))));
  }

  private static String version3(String json) {
    return HexFormat.of().formatHex(ProtobufDocument.version3(Json.readTree(json.replace('\'', '"'))));
  }

  @Test
  void a_definition_is_a_pair_of_name_and_schema() {
    // definitions(9) { pair(1) { name(1): A, value(2) { type(22) { value(1): object } } } }
    assertThat(version2("{'definitions':{'A':{'type':'object'}}}"))
        .isEqualTo("4a12" + "0a10" + "0a0141" + "120b" + "b20108" + "0a066f626a656374");
  }

  @Test
  void an_extension_is_text_in_yaml() {
    // vendor_extension(16) { name(1): x-a, value(2) { yaml(2): "b\\n" } }
    assertThat(version2("{'x-a':'b'}")).isEqualTo("82010b" + "0a03782d61" + "1204" + "1202620a");
  }

  @Test
  void a_path_parameter_is_a_choice_of_choices() {
    // paths(8) { path(2) { name(1), value(2) { parameters(9) { parameter(1) { non_body(2) { path(4) { required(1) in(2) name(4) } } …
    String parameter = "0801" + "120470617468" + "220161";
    assertThat(version2("{'paths':{'/a':{'parameters':[{'required':true,'in':'path','name':'a'}]}}}"))
        .isEqualTo("421b" + "1219" + "0a022f61" + "1213" + "4a11" + "0a0f" + "120d" + "220b" + parameter);
  }

  @Test
  void a_reference_of_version_3_is_told_from_a_schema() {
    // components(5) { schemas(1) { pair(1) { name(1): A, value(2) { reference(2) { _ref(1): #/B } } } } }
    assertThat(version3("{'components':{'schemas':{'A':{'$ref':'#/B'}}}}"))
        .isEqualTo("2a10" + "0a0e" + "0a0c" + "0a0141" + "1207" + "1205" + "0a03232f42");
  }

  @Test
  void an_empty_default_of_version_3_is_present_and_says_nothing() {
    // … value(2) { schema(1) { default(33) {} } }
    assertThat(version3("{'components':{'schemas':{'A':{'default':{}}}}}"))
        .isEqualTo("2a0e" + "0a0c" + "0a0a" + "0a0141" + "1205" + "0a03" + "8a0200");
  }

  @Test
  void a_forbidden_additional_property_is_said() {
    // … value(2) { schema(1) { additional_properties(21) { boolean(2): false } } }
    assertThat(version2("{'definitions':{'A':{'additionalProperties':false}}}"))
        .isEqualTo("4a0c" + "0a0a" + "0a0141" + "1205" + "aa0102" + "1000");
  }
}
