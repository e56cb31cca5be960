package io.kubrig.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.kubernetes.client.proto.Meta;
import io.kubernetes.client.proto.Runtime;
import io.kubernetes.client.proto.V1;
import io.kubrig.machinery.protobuf.Protobuf;
import io.kubrig.machinery.protobuf.ProtobufList;
import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.schema.SchemaCatalog;
import io.kubrig.machinery.tree.Tree;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;

/** The transcoder beside the classes of client-java-proto. */
class ProtobufOracleTest {
  private static final SchemaCatalog CATALOG = KubernetesSchemas.load();

  /** Fields of 1.36 that the oracle's release does not know (source: the served OpenAPI of 1.36). */
  private static final Set<String> NEWER_THAN_THE_ORACLE = Set.of("k8s.io.api.certificates.v1beta1.PodCertificateRequestSpec[12]");

  @Test
  void random_objects_of_every_definition_survive_the_wire_and_the_oracle_understands_them() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("seed " + seed);
    Map<String, Descriptor> descriptors = descriptors();
    int compared = 0;
    for (Schema schema : CATALOG.definitions().stream().sorted(Comparator.comparing(Schema::name)).toList()) {
      Descriptor descriptor = descriptors.get(schema.name());
      if (schema.type() != Schema.Type.OBJECT || descriptor == null) {
        continue;
      }
      RandomTrees trees = new RandomTrees(new Random(seed));
      for (int round = 0; round < 2; round++) {
        Tree tree = trees.object(schema, 0);
        byte[] bytes = Protobuf.encodeMessage(schema, tree);
        DynamicMessage message = DynamicMessage.parseFrom(descriptor, bytes);
        assertThat(unknownFields(message)).as(schema.name()).isSubsetOf(NEWER_THAN_THE_ORACLE);
        assertThat(Protobuf.decodeMessage(schema, bytes)).as("%s, seed %d", schema.name(), seed).isEqualTo(tree);
        assertThat(Protobuf.decodeMessage(schema, message.toByteArray())).as("%s, seed %d", schema.name(), seed).isEqualTo(tree);
      }
      compared++;
    }
    assertThat(compared).isGreaterThan(600);
  }

  @Test
  void the_typed_oracle_reads_what_was_written() throws Exception {
    Tree pod =
        Tree.of(
            "metadata",
            Tree.of("name", "p", "labels", Tree.of("b", "2", "a", "1")),
            "spec",
            Tree.of(
                "containers",
                List.of(
                    Tree.of(
                        "name",
                        "c",
                        "livenessProbe",
                        Tree.of("httpGet", Tree.of("port", 80L), "periodSeconds", 10L),
                        "resources",
                        Tree.of("limits", Tree.of("cpu", "100m")))),
                "volumes",
                List.of(Tree.of("name", "v", "emptyDir", new Tree()))));
    GroupVersionKind kind = new GroupVersionKind("", "v1", "Pod");
    byte[] bytes = Protobuf.encode(CATALOG.kind(kind).orElseThrow(), kind, pod);
    Runtime.Unknown unknown = Runtime.Unknown.parseFrom(Arrays.copyOfRange(bytes, 4, bytes.length));
    assertThat(unknown.getTypeMeta().getKind()).isEqualTo("Pod");
    assertThat(unknown.hasContentEncoding()).isTrue();
    V1.Pod typed = V1.Pod.parseFrom(unknown.getRaw());
    assertThat(typed.getMetadata().getLabelsMap()).containsEntry("a", "1").containsEntry("b", "2");
    V1.Container container = typed.getSpec().getContainers(0);
    assertThat(container.getLivenessProbe().getHandler().getHttpGet().getPort().getIntVal()).isEqualTo(80);
    assertThat(container.getResources().getLimitsMap().get("cpu").getString()).isEqualTo("100m");
    assertThat(typed.getSpec().getVolumes(0).getVolumeSource().hasEmptyDir()).isTrue();
  }

  @Test
  void a_decoded_object_has_what_go_always_writes_and_lacks_what_go_leaves_out() {
    GroupVersionKind kind = new GroupVersionKind("apps", "v1", "DaemonSet");
    Schema schema = CATALOG.kind(kind).orElseThrow();
    V1.PodSpec spec = V1.PodSpec.newBuilder().setHostNetwork(false).setNodeName("").build();
    io.kubernetes.client.proto.V1Apps.DaemonSet set =
        io.kubernetes.client.proto.V1Apps.DaemonSet.newBuilder()
            .setMetadata(Meta.ObjectMeta.newBuilder().setName("d"))
            .setSpec(
                io.kubernetes.client.proto.V1Apps.DaemonSetSpec.newBuilder()
                    .setTemplate(V1.PodTemplateSpec.newBuilder().setSpec(spec)))
            .build();
    Tree tree = Protobuf.decode(schema, Protobuf.open(Protobuf.envelop(kind, set.toByteArray())));
    assertThat(tree.names()).containsExactly("kind", "apiVersion", "metadata", "spec", "status");
    assertThat(tree.tree("metadata").names()).containsExactly("name");
    Tree podSpec = tree.at("spec", "template", "spec");
    assertThat(podSpec.has("containers")).isTrue();
    assertThat(podSpec.get("containers")).isNull();
    assertThat(podSpec.has("hostNetwork")).isFalse();
    assertThat(tree.tree("status").get("numberReady")).isEqualTo(0L);
  }

  @Test
  void a_watch_frame_is_a_length_and_an_event_around_an_enveloped_object() throws Exception {
    byte[] frame = Protobuf.watchFrame("ADDED", new byte[] {1, 2, 3});
    assertThat(HexFormat.of().formatHex(frame, 0, 4)).isEqualTo(HexFormat.of().toHexDigits(frame.length - 4));
    Meta.WatchEvent event = Meta.WatchEvent.parseFrom(Arrays.copyOfRange(frame, 4, frame.length));
    assertThat(event.getType()).isEqualTo("ADDED");
    assertThat(event.getObject().getRaw().toByteArray()).containsExactly(1, 2, 3);
  }

  @Test
  void a_list_of_encoded_items_reads_as_a_list() throws IOException {
    GroupVersionKind kind = new GroupVersionKind("", "v1", "ConfigMapList");
    Schema item = CATALOG.definition("io.k8s.api.core.v1.ConfigMap").orElseThrow();
    Schema listMeta = CATALOG.definition("io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta").orElseThrow();
    String longValue = "v".repeat(20_000);
    List<byte[]> items =
        List.of(
            Protobuf.encodeMessage(item, Tree.of("metadata", Tree.of("name", "a"), "data", Tree.of("k", "v"))),
            Protobuf.encodeMessage(item, Tree.of("metadata", Tree.of("name", "b"), "data", Tree.of("k", longValue))));
    ProtobufList list = new ProtobufList(kind, listMeta, Tree.of("resourceVersion", "7"), items);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    list.writeTo(out);
    assertThat(list.length()).isEqualTo(out.size());
    Tree tree = Protobuf.decode(CATALOG.kind(kind).orElseThrow(), Protobuf.open(out.toByteArray()));
    assertThat(tree)
        .isEqualTo(
            Tree.of(
                "kind",
                "ConfigMapList",
                "apiVersion",
                "v1",
                "metadata",
                Tree.of("resourceVersion", "7"),
                "items",
                List.of(Tree.of("metadata", Tree.of("name", "a"), "data", Tree.of("k", "v")),
                    Tree.of("metadata", Tree.of("name", "b"), "data", Tree.of("k", longValue)))));
  }

  private static List<String> unknownFields(Message message) throws InvalidProtocolBufferException {
    List<String> unknown = new ArrayList<>();
    if (!message.getUnknownFields().asMap().isEmpty()) {
      unknown.add(message.getDescriptorForType().getFullName() + message.getUnknownFields().asMap().keySet());
    }
    for (Map.Entry<FieldDescriptor, Object> entry : message.getAllFields().entrySet()) {
      if (entry.getKey().getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
        continue;
      }
      List<?> values = entry.getValue() instanceof List<?> list ? list : List.of(entry.getValue());
      for (Object value : values) {
        unknown.addAll(unknownFields((Message) value));
      }
    }
    return unknown;
  }

  private static Map<String, Descriptor> descriptors() throws Exception {
    Map<String, Descriptor> descriptors = new HashMap<>();
    String jar = V1.class.getProtectionDomain().getCodeSource().getLocation().getPath();
    try (JarFile file = new JarFile(jar)) {
      for (var entry : (Iterable<JarEntry>) file.stream()::iterator) {
        if (!entry.getName().endsWith(".class") || entry.getName().contains("$") || entry.getName().contains("META-INF")) {
          continue;
        }
        Class<?> type = Class.forName(entry.getName().replace('/', '.').replace(".class", ""));
        ((FileDescriptor) type.getMethod("getDescriptor").invoke(null))
            .getMessageTypes()
            .forEach(
                descriptor ->
                    descriptors.put(
                        descriptor
                            .getFullName()
                            .replaceFirst("^k8s\\.io\\.", "io.k8s.")
                            .replaceFirst("^io\\.k8s\\.apiextensions_", "io.k8s.apiextensions-"),
                        descriptor));
      }
    }
    return descriptors;
  }
}
