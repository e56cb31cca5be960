package io.kubrig.machinery.fieldmanager;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.json.JsonException;
import io.kubrig.machinery.json.Limits;
import io.kubrig.machinery.schema.DecodeException;
import io.kubrig.machinery.schema.Decoder;
import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.schema.TestSchemas;
import io.kubrig.machinery.tree.Tree;
import io.kubrig.machinery.yaml.Yaml;
import io.kubrig.machinery.yaml.YamlException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

class FieldsFuzz {
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
  private static final GroupVersionKind GADGET = new GroupVersionKind("x", "v1", "Gadget");
  private static final Decoder DECODER = new Decoder(TestSchemas.GADGET);

  private static Stream<byte[]> bytes(String... texts) {
    return Stream.of(texts).map(text -> text.getBytes(StandardCharsets.UTF_8));
  }

  static Stream<byte[]> fields() {
    return bytes(
        "{\"f:spec\":{\".\":{},\"f:containers\":{\"k:{\\\"name\\\":\\\"a\\\"}\":{\".\":{},\"f:image\":{}},\"v:[1]\":{},\"i:3\":{}}}}",
        "{\"v:1\":{},\"v:1.0\":{},\"v:null\":{},\"v:{}\":{},\"x:y\":{},\"k:{}\":{}}", "{\"f\":{}}", "{\"i:99999999999\":{}}");
  }

  @MethodSource("fields")
  @FuzzTest
  void a_set_of_fields_is_written_as_it_was_read(byte[] input) {
    FieldSet set;
    try {
      set = Json.read(input, Limits.REQUEST) instanceof Tree tree ? FieldSet.decoded(tree) : new FieldSet();
    } catch (JsonException | FieldManagerException refused) {
      return;
    }
    FieldSet again = FieldSet.decoded(Json.readTree(Json.write(set.encoded())));
    assertThat(again.difference(set).isEmpty()).isTrue();
    assertThat(set.union(set)).isEqualTo(set);
    assertThat(set.difference(set).isEmpty()).isTrue();
  }

  static Stream<byte[]> intents() {
    return bytes(
        "{kind: Gadget, apiVersion: x/v1, metadata: {name: a, labels: {l: m}}, spec: {containers: [{name: c, image: i, ports: [{containerPort: 1,"
            + " protocol: TCP}]}, {name: c}]}}",
        "{kind: Gadget, apiVersion: x/v1, metadata: {name: a}, data: {a: b}, spec: {containers: [null, 1, {}]}}",
        "{kind: Gadget, apiVersion: x/v1, metadata: {name: a}, data: {a: }}",
        "{kind: Gadget, apiVersion: x/v1, metadata: {name: a, managedFields: []}, spec: null}");
  }

  @MethodSource("intents")
  @FuzzTest
  void applying_an_intent_again_changes_nothing(byte[] input) {
    FieldManager manager = FieldManager.builtIn(GADGET, "", Versions.single("x/v1", TestSchemas.GADGET), Map.of());
    Tree once;
    Tree again;
    try {
      if (!(Yaml.readDocument(input, Limits.REQUEST).value() instanceof Tree intent)) {
        return;
      }
      Tree live = DECODER.normalise(Json.readTree("{\"kind\":\"Gadget\",\"apiVersion\":\"x/v1\",\"metadata\":{\"name\":\"a\",\"uid\":\"u\"},"
          + "\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"old\"},{\"name\":\"d\"}]}}"));
      once = DECODER.normalise(manager.apply(live, intent.copy(), "fuzz", true, NOW));
      again = DECODER.normalise(manager.apply(once.copy(), intent.copy(), "fuzz", true, NOW.plusSeconds(9)));
    } catch (YamlException | FieldManagerException | FieldConflictException | DecodeException refused) {
      return;
    }
    assertThat(Json.text(FieldManager.keepTimesIfNothingChanged(once, again))).isEqualTo(Json.text(once));
  }
}
