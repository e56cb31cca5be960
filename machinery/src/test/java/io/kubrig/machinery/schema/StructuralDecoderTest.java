package io.kubrig.machinery.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.json.Limits;
import io.kubrig.machinery.schema.Schema.Field;
import io.kubrig.machinery.schema.Schema.Type;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class StructuralDecoderTest {
  private static final Schema STRING = TestSchemas.STRING;
  private static final Schema ROOT =
      new Schema(Type.OBJECT)
          .field(
              new Field(
                  "spec",
                  new Schema(Type.OBJECT)
                      .field(new Field("s", new Schema(Type.STRING).defaultValue("dv")))
                      .field(new Field("n", new Schema(Type.STRING).nullable(true)))
                      .field(new Field("p", new Schema(Type.STRING).nullable(true).defaultValue("x")))
                      .field(new Field("plain", STRING))
                      .field(new Field("o", new Schema(Type.OBJECT).field(new Field("q", STRING))))
                      .field(new Field("free",
                          new Schema(Type.OBJECT).preserveUnknownFields(true).field(new Field("tight", new Schema(Type.OBJECT)))))
                      .field(new Field("list",
                          new Schema(Type.ARRAY)
                          .items(new Schema(Type.OBJECT).field(new Field("a", new Schema(Type.INTEGER).defaultValue(7L))))))
                      .field(new Field("map", new Schema(Type.MAP).items(new Schema(Type.OBJECT).field(new Field("a", STRING)))))
                      .field(new Field("t", new Schema(Type.OBJECT).embeddedResource(true).preserveUnknownFields(true)))));

  private final StructuralDecoder decoder = new StructuralDecoder(ROOT, TestSchemas.OBJECT_META, true);

  private Decoded decode(String json) {
    return decoder.decode(Json.readDocument(json.getBytes(StandardCharsets.UTF_8), Limits.REQUEST));
  }

  private String spec(String json) {
    return Json.text(decode("{\"spec\":" + json + "}").tree().get("spec"));
  }

  @Test
  void prunes_what_the_schema_does_not_name_and_reports_it_sorted() {
    Decoded decoded = decode("{\"kind\":\"Foo\",\"spec\":{\"zz\":1,\"o\":{\"x\":1},\"map\":{\"k\":{\"b\":1}},\"list\":[{\"b\":1}]},\"other\":1,\"metadata\":{\"foo\":1}}");
    assertThat(decoded.strictErrors())
        .containsExactly(
            "unknown field \"metadata.foo\"",
            "unknown field \"other\"",
            "unknown field \"spec.list[0].b\"",
            "unknown field \"spec.map.k.b\"",
            "unknown field \"spec.o.x\"",
            "unknown field \"spec.zz\"");
    assertThat(Json.text(decoded.tree()))
        .isEqualTo("{\"kind\":\"Foo\",\"metadata\":{},\"spec\":{\"list\":[{\"a\":7}],\"map\":{\"k\":{}},\"o\":{},\"p\":\"x\",\"s\":\"dv\"}}");
  }

  @Test
  void keeps_nulls_only_where_they_are_allowed() {
    assertThat(spec("{\"s\":null,\"n\":null,\"p\":null,\"plain\":null}")).isEqualTo("{\"n\":null,\"p\":null,\"s\":\"dv\"}");
  }

  @Test
  void keeps_unknown_fields_where_the_schema_says_so_and_prunes_again_below_named_ones() {
    assertThat(spec("{\"free\":{\"x\":{\"y\":[1]},\"tight\":{\"k\":1}},\"p\":\"\"}"))
        .isEqualTo("{\"free\":{\"tight\":{},\"x\":{\"y\":[1]}},\"p\":\"\",\"s\":\"dv\"}");
  }

  @Test
  void types_the_metadata_of_embedded_resources() {
    Decoded decoded = decode("{\"spec\":{\"t\":{\"kind\":\"Pod\",\"metadata\":{\"name\":\"x\",\"foo\":1},\"spec\":{\"a\":1}}}}");
    assertThat(decoded.strictErrors()).containsExactly("unknown field \"spec.t.metadata.foo\"");
    assertThat(Json.text(decoded.tree().at("spec", "t"))).isEqualTo("{\"kind\":\"Pod\",\"metadata\":{\"name\":\"x\"},\"spec\":{\"a\":1}}");
  }

  @Test
  void refuses_malformed_metadata_in_requests_and_drops_it_from_storage() {
    assertThatThrownBy(() -> decode("{\"metadata\":{\"name\":\"a\",\"labels\":{\"a\":1}}}")).isInstanceOf(DecodeException.class);
    assertThat(Json.text(decoder.normalise(Json.readTree("{\"metadata\":{\"name\":\"a\",\"labels\":{\"a\":1}}}"))))
        .isEqualTo("{\"metadata\":{\"name\":\"a\"}}");
  }
}
