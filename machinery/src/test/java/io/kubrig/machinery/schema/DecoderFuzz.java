package io.kubrig.machinery.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.kubrig.machinery.json.Document;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.json.JsonException;
import io.kubrig.machinery.json.Limits;
import io.kubrig.machinery.tree.Tree;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

class DecoderFuzz {
  private static final Decoder DECODER = new Decoder(TestSchemas.GADGET);
  private static final StructuralDecoder CUSTOM = new StructuralDecoder(TestSchemas.GADGET, TestSchemas.OBJECT_META, true);

  static Stream<byte[]> objects() {
    return Stream.of(
            "{\"metadata\":{\"name\":\"a\",\"labels\":{\"x\":\"y\"},\"zzz\":1},\"spec\":{\"replicas\":1,\"containers\":[{\"name\":\"c\"},null]},"
                + "\"spec\":{\"replicas\":2}}",
            "{\"metadata\":null,\"spec\":{\"containers\":[[]]}}",
            "{\"metadata\":{\"managedFields\":[],\"creationTimestamp\":\"2030-01-01T00:00:00Z\"},\"data\":{\"a\":null}}",
            "[]")
        .map(text -> text.getBytes(StandardCharsets.UTF_8));
  }

  private static Document document(byte[] input) {
    Document document = Json.readDocument(input, Limits.REQUEST);
    return document.value() instanceof Tree ? document : Document.of(new Tree());
  }

  @MethodSource("objects")
  @FuzzTest
  void a_normal_form_is_its_own_normal_form(byte[] input) {
    Tree normal;
    try {
      normal = DECODER.decode(document(input)).tree();
    } catch (JsonException | DecodeException refused) {
      return;
    }
    assertThat(Json.text(DECODER.normalise(normal.copy()))).isEqualTo(Json.text(normal));
  }

  @MethodSource("objects")
  @FuzzTest
  void a_custom_resource_in_its_normal_form_stays_as_it_is(byte[] input) {
    Tree normal;
    try {
      normal = CUSTOM.decode(document(input)).tree();
    } catch (JsonException | DecodeException refused) {
      return;
    }
    assertThat(Json.text(CUSTOM.normalise(normal.copy()))).isEqualTo(Json.text(normal));
  }
}
