package io.kubrig.machinery.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.machinery.json.Document;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.json.Limits;
import io.kubrig.machinery.tree.Tree;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DecoderTest {
  private final Decoder decoder = new Decoder(TestSchemas.GADGET);

  private Decoded decode(String json) {
    return decoder.decode(Json.readDocument(json.getBytes(StandardCharsets.UTF_8), Limits.REQUEST));
  }

  private String text(String json) {
    return Json.text(decode(json).tree());
  }

  @Test
  void writes_what_the_type_always_writes_in_its_order() {
    assertThat(text("{}"))
        .isEqualTo("{\"metadata\":{},\"spec\":{\"selector\":null,\"containers\":null,\"strategy\":{},\"quota\":\"0\"},\"status\":{}}");
  }

  @Test
  void drops_nulls_zero_values_and_unknown_members_but_keeps_what_a_pointer_holds() {
    assertThat(
            text(
                "{\"data\":{\"b\":\"2\",\"a\":null},\"spec\":{\"paused\":false,\"replicas\":0,\"foo\":1,\"containers\":[{\"image\":\"\",\"args\":[],\"ports\":[{\"target\":\"x\"}]}]},"
                    + "\"metadata\":{\"creationTimestamp\":null,\"labels\":{},\"generation\":0},\"kind\":\"Gadget\"}"))
        .isEqualTo(
            "{\"kind\":\"Gadget\",\"metadata\":{},\"spec\":{\"replicas\":0,\"selector\":null,\"containers\":[{\"name\":\"\",\"ports\":[{\"containerPort\":0,\"target\":\"x\"}]}],"
                + "\"strategy\":{},\"quota\":\"0\"},\"data\":{\"a\":\"\",\"b\":\"2\"},\"status\":{}}");
  }

  @Test
  void canonicalises_quantities_times_durations_and_base64() {
    assertThat(
            text(
                "{\"metadata\":{\"creationTimestamp\":\"2024-01-02T03:04:05.9+01:00\"},\"spec\":{\"quota\":1.5,\"period\":\"90s\",\"renewTime\":\"2024-01-02T03:04:05.000006+01:00\","
                    + "\"secret\":\"YWI=\\n\",\"containers\":[{\"name\":\"c\",\"limits\":{\"cpu\":\"0.1\",\"memory\":\"1024Mi\"}}]}}"))
        .isEqualTo(
            "{\"metadata\":{\"creationTimestamp\":\"2024-01-02T02:04:05Z\"},\"spec\":{\"selector\":null,\"containers\":[{\"name\":\"c\",\"limits\":{\"cpu\":\"100m\",\"memory\":\"1Gi\"}}],"
                + "\"strategy\":{},\"secret\":\"YWI=\",\"quota\":\"1500m\",\"period\":\"1m30s\",\"renewTime\":\"2024-01-02T02:04:05.000006Z\"},\"status\":{}}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"spec\":{\"containers\":\"x\"}}|json: cannot unmarshal string into Go struct field GadgetSpec.spec.containers of type "
            + "[]v1.Container",
        "{\"spec\":{\"replicas\":\"three\"}}|json: cannot unmarshal string into Go struct field GadgetSpec.spec.replicas of type int32",
        "{\"spec\":{\"replicas\":1.5}}|json: cannot unmarshal number 1.5 into Go struct field GadgetSpec.spec.replicas of type int32",
        "{\"spec\":{\"replicas\":2147483648}}|json: cannot unmarshal number 2147483648 into Go struct field GadgetSpec.spec.replicas of "
            + "type int32",
        "{\"spec\":{\"containers\":[{\"name\":5}]}}|json: cannot unmarshal number into Go struct field Container.spec.containers.name "
            + "of type string",
        "{\"data\":[]}|json: cannot unmarshal array into Go struct field Gadget.data of type map[string]string",
        "{\"spec\":{\"paused\":\"yes\"}}|json: cannot unmarshal string into Go struct field GadgetSpec.spec.paused of type bool",
        "{\"spec\":{\"secret\":\"***\"}}|illegal base64 data at input byte 0",
        "{\"spec\":{\"containers\":[{\"ports\":[{\"target\":1.5}]}]}}|json: cannot unmarshal number 1.5 into Go struct field "
            + "ContainerPort.spec.containers.ports.target of type int32",
        "{\"metadata\":{\"labels\":{\"a\":1}}}|json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string",
        "{\"metadata\":{\"creationTimestamp\":1}}|json: cannot unmarshal number into Go struct field "
            + "ObjectMeta.metadata.creationTimestamp of type string",
        "[]|json: cannot unmarshal array into Go value of type v1.Gadget",
      })
  void complains_about_types_with_the_words_of_go(String json, String message) {
    assertThatThrownBy(() -> decode(json)).isInstanceOf(DecodeException.class).hasMessage(message);
  }

  @Test
  void names_the_structs_and_types_of_go_in_complaints() {
    Schema policy = new Schema(Schema.Type.STRING).goType("v1.Policy");
    Schema source =
        new Schema(Schema.Type.OBJECT)
            .name("io.example.v1.Source")
            .field(new Schema.Field("policies", new Schema(Schema.Type.ARRAY).items(policy)).embeddedIn("Outer.Inner"));
    Schema holder = new Schema(Schema.Type.OBJECT).name("io.example.v1.Holder").field(new Schema.Field("source", source));
    Decoder decoder = new Decoder(holder);
    assertThatThrownBy(() -> decoder.decode(Document.of(Json.readTree("{\"source\":{\"policies\":[1]}}"))))
        .hasMessage("json: cannot unmarshal number into Go struct field Source.source.Outer.Inner.policies of type v1.Policy");
    assertThatThrownBy(() -> decoder.decode(Document.of(Json.readTree("{\"source\":{\"policies\":1}}"))))
        .hasMessage("json: cannot unmarshal number into Go struct field Source.source.Outer.Inner.policies of type []v1.Policy");
  }

  @Test
  void remembers_empty_lists_and_maps_that_count_as_absent() {
    Tree spec = decode("{\"spec\":{\"containers\":[{\"args\":[],\"limits\":{},\"env\":null}]}}").tree().tree("spec");
    Tree container = spec.trees("containers").getFirst();
    assertThat(container.has("args")).isFalse();
    assertThat(container.givenNames()).contains("args", "limits").doesNotContain("env");
    assertThat(new Decoder(TestSchemas.CONTAINER).normalise(container).given("args")).as("decoded again").isEqualTo(List.of());
  }

  @Test
  void reports_unknown_and_duplicate_members_in_order() {
    Decoded decoded = decode("{\"metadata\":{\"foo\":1},\"data\":{\"k\":\"v\",\"k\":\"w\"},\"bar\":{\"x\":1},\"data\":{\"z\":\"1\"},\"spec\":{\"containers\":[{},{\"q\":1}]}}");
    assertThat(decoded.strictErrors())
        .containsExactly(
            "unknown field \"metadata.foo\"", "duplicate field \"data.k\"", "duplicate field \"data\"", "unknown field \"bar\"",
                "unknown field \"spec.containers[1].q\"");
    assertThat(Json.text(decoded.tree().tree("data"))).isEqualTo("{\"k\":\"w\",\"z\":\"1\"}");
    assertThat(decode("{\"foo\":1}").strictMessage()).isEqualTo("strict decoding error: unknown field \"foo\"");
  }

  @Test
  void complains_of_a_repeated_scalar_where_it_is_repeated() {
    assertThat(decode("{\"spec\":{\"replicas\":1,\"foo\":1,\"replicas\":2,\"bar\":1}}").strictErrors())
        .containsExactly("unknown field \"spec.foo\"", "duplicate field \"spec.replicas\"", "unknown field \"spec.bar\"");
  }

  @Test
  void is_idempotent() {
    Decoded once = decode("{\"spec\":{\"quota\":\"1024Mi\",\"containers\":[{\"name\":\"a\",\"ports\":[{\"containerPort\":80}]}]}}");
    String text = Json.text(once.tree());
    assertThat(Json.text(decoder.normalise(once.tree()))).isEqualTo(text);
  }

  @Test
  void fills_in_the_defaults_that_the_schema_states() {
    Decoded decoded = decode("{\"spec\":{\"containers\":[{\"name\":\"a\",\"ports\":[{\"containerPort\":80},{\"containerPort\":81,\"protocol\":\"UDP\"}]}]}}");
    FieldDefaults.apply(decoded.tree(), TestSchemas.GADGET);
    assertThat(Json.text(decoded.tree().tree("spec").trees("containers").getFirst().get("ports")))
        .isEqualTo("[{\"containerPort\":80,\"protocol\":\"TCP\"},{\"containerPort\":81,\"protocol\":\"UDP\"}]");
  }

  @ParameterizedTest
  @CsvSource({"YWI=,YWI=", "YW I=,2", "YWJ=,YWI=", "YQ,2", "YQ=,3", "YQ==x,4", "=,0"})
  void reads_base64_as_go(String text, String result) {
    if (result.length() == 1) {
      assertThatThrownBy(() -> Base64Text.canonical(text))
          .hasMessage("illegal base64 data at input byte " + (text.equals("YQ") ? "0" : result));
    } else {
      assertThat(Base64Text.canonical(text)).isEqualTo(result);
    }
  }
}
