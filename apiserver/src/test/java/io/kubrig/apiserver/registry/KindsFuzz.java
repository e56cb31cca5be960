package io.kubrig.apiserver.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.kubrig.machinery.fieldmanager.FieldConflictException;
import io.kubrig.machinery.fieldmanager.FieldManager;
import io.kubrig.machinery.fieldmanager.FieldManagerException;
import io.kubrig.machinery.fieldmanager.Versions;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.json.Limits;
import io.kubrig.machinery.patch.PatchException;
import io.kubrig.machinery.patch.PatchTree;
import io.kubrig.machinery.patch.StrategicMergePatch;
import io.kubrig.machinery.protobuf.Protobuf;
import io.kubrig.machinery.protobuf.ProtobufException;
import io.kubrig.machinery.schema.DecodeException;
import io.kubrig.machinery.schema.Decoder;
import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.tree.Tree;
import io.kubrig.machinery.yaml.Yaml;
import io.kubrig.machinery.yaml.YamlException;
import io.kubrig.schemas.KubernetesSchemas;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Bodies of requests for the built-in kinds. The first two bytes choose the kind where there is a choice. */
class KindsFuzz {
  private static final Map<GroupVersionKind, Schema> KINDS = KubernetesSchemas.load().kinds();
  private static final List<GroupVersionKind> NAMES = KINDS.keySet().stream().sorted(Comparator.comparing(Object::toString)).toList();
  private static final GroupVersionKind POD = new GroupVersionKind("", "v1", "Pod");

  private static Tree pod() {
    return Json.readTree("{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"a\",\"uid\":\"u\",\"finalizers\":[\"f\"]},\"spec\":{"
        + "\"containers\":[{\"name\":\"c\",\"image\":\"i\",\"ports\":[{\"containerPort\":80,\"protocol\":\"TCP\"}],\"resources\":{\"limits\":{"
        + "\"cpu\":\"1\"}}},{\"name\":\"d\"}],\"volumes\":[{\"name\":\"v\",\"emptyDir\":{}}],\"tolerations\":[{\"key\":\"k\"}]}}");
  }

  private static Stream<byte[]> bytes(String... texts) {
    return Stream.of(texts).map(text -> text.getBytes(StandardCharsets.UTF_8));
  }

  static Stream<byte[]> messages() {
    List<byte[]> seeds = new ArrayList<>();
    for (int i = 0; i < NAMES.size(); i += 9) {
      Tree object = new Decoder(KINDS.get(NAMES.get(i))).normalise(Tree.of("metadata", Tree.of("name", "a")));
      seeds.add(chosen(i, Protobuf.encodeMessage(KINDS.get(NAMES.get(i)), object)));
    }
    seeds.add(chosen(NAMES.indexOf(POD), Protobuf.encodeMessage(KINDS.get(POD), new Decoder(KINDS.get(POD)).normalise(pod()))));
    seeds.add(chosen(NAMES.indexOf(new GroupVersionKind("", "v1", "Secret")), new byte[] {10, 0, 18, 0})); // data of nothing
    return seeds.stream();
  }

  private static byte[] chosen(int kind, byte[] message) {
    byte[] seed = new byte[message.length + 2];
    seed[0] = (byte) (kind >> 8);
    seed[1] = (byte) kind;
    System.arraycopy(message, 0, seed, 2, message.length);
    return seed;
  }

  @MethodSource("messages")
  @FuzzTest
  void a_message_is_read_or_refused_and_what_is_read_can_be_written(byte[] input) {
    if (input.length < 2) {
      return;
    }
    Schema schema = KINDS.get(NAMES.get(((input[0] & 0xff) << 8 | input[1] & 0xff) % NAMES.size()));
    Decoder decoder = new Decoder(schema);
    Tree normal;
    try {
      normal = decoder.normalise(Protobuf.decodeMessage(schema, Arrays.copyOfRange(input, 2, input.length)));
    } catch (ProtobufException | DecodeException refused) {
      return;
    }
    String json = Json.text(normal);
    assertThat(Json.text(Json.readTree(json))).isEqualTo(json);
    Tree again = decoder.normalise(Protobuf.decodeMessage(schema, Protobuf.encodeMessage(schema, normal)));
    assertThat(Json.text(again)).isEqualTo(json);
  }

  static Stream<byte[]> envelopes() {
    return Stream.of(Protobuf.encode(KINDS.get(POD), POD, pod()), new byte[] {'k', '8', 's', 0}, new byte[0]);
  }

  @MethodSource("envelopes")
  @FuzzTest
  void an_envelope_is_opened_or_refused(byte[] input) {
    try {
      Protobuf.open(input);
    } catch (ProtobufException refused) {
      // documented
    }
  }

  static Stream<byte[]> patches() {
    return bytes(
        "{\"spec\":{\"containers\":[{\"name\":\"c\",\"$patch\":\"delete\"},{\"name\":\"e\",\"env\":[{\"name\":\"x\"}]}],\"volumes\":null,"
            + "\"$setElementOrder/containers\":[{\"name\":\"e\"},{\"name\":\"d\"}],\"tolerations\":[{\"key\":\"z\"}]}}",
        "{\"metadata\":{\"$deleteFromPrimitiveList/finalizers\":[\"f\"]},\"spec\":{\"$retainKeys\":[\"containers\"],\"containers\":[]}}",
        "{\"spec\":{\"volumes\":[{\"name\":\"v\",\"emptyDir\":{\"$patch\":\"replace\"},\"$retainKeys\":[\"name\"]}]}}");
  }

  @MethodSource("patches")
  @FuzzTest
  void a_strategic_patch_of_a_pod_applies_or_is_refused(byte[] input) {
    try {
      new Decoder(KINDS.get(POD)).normalise(StrategicMergePatch.apply(pod(), PatchTree.readStrategic(input).tree(), KINDS.get(POD)));
    } catch (PatchException | DecodeException refused) {
      // documented
    }
  }

  static Stream<byte[]> intents() {
    return bytes(
        "{kind: Pod, apiVersion: v1, metadata: {name: a, labels: {x: y}}, spec: {containers: [{name: c, image: j, ports: [{containerPort: 80, "
            + "protocol: TCP}], resources: {limits: {cpu: 500m}}}], tolerations: [{key: t}], volumes: [{name: w, emptyDir: {}}]}}",
        "{kind: Pod, apiVersion: v1, metadata: {name: a, finalizers: [f, g, f]}, spec: {containers: [{name: c}, {name: c}]}}",
        "{kind: Pod, apiVersion: v1, metadata: {name: a}, spec: {nodeSelector: {a: null}, containers: null}}");
  }

  @MethodSource("intents")
  @FuzzTest
  void an_intent_for_a_pod_applies_or_is_refused(byte[] input) {
    FieldManager manager = FieldManager.builtIn(POD, "", Versions.single("v1", KINDS.get(POD)), Map.of());
    Decoder decoder = new Decoder(KINDS.get(POD));
    try {
      if (Yaml.readDocument(input, Limits.REQUEST).value() instanceof Tree intent) {
        decoder.normalise(manager.apply(decoder.normalise(pod()), intent, "fuzz", true, Instant.parse("2030-01-01T00:00:00Z")));
      }
    } catch (YamlException | FieldManagerException | FieldConflictException | DecodeException refused) {
      // documented
    }
  }
}
