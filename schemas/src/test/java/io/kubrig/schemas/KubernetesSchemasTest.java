package io.kubrig.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.machinery.schema.ApiGroup;
import io.kubrig.machinery.schema.ApiResource;
import io.kubrig.machinery.schema.ApiVersion;
import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.schema.Schema.Field;
import io.kubrig.machinery.schema.Schema.ListType;
import io.kubrig.machinery.schema.Schema.Type;
import io.kubrig.machinery.schema.SchemaCatalog;
import org.junit.jupiter.api.Test;

class KubernetesSchemasTest {
  private static final SchemaCatalog CATALOG = KubernetesSchemas.load();
  private static final ResourceTable RESOURCES = KubernetesSchemas.resources();

  @Test
  void every_served_resource_and_its_list_have_a_schema() {
    for (ApiGroup group : RESOURCES.groups()) {
      for (ApiVersion version : group.versions()) {
        for (ApiResource resource : version.resources()) {
          assertThat(CATALOG.kind(resource.kind())).as(resource.kind().toString()).isPresent();
          if (resource.verbs().contains("list")) {
            assertThat(CATALOG.kind(resource.listKind())).as(resource.listKind().toString()).isPresent();
          }
          resource
              .subresources()
              .forEach(subresource -> assertThat(CATALOG.kind(subresource.kind())).as(subresource.kind().toString()).isPresent());
        }
      }
    }
  }

  @Test
  void fields_stand_in_the_order_of_the_native_type() {
    assertThat(schema("io.k8s.api.core.v1.Pod").fields().keySet()).containsExactly("kind", "apiVersion", "metadata", "spec", "status");
  }

  @Test
  void what_protobuf_nests_stands_inline() {
    Field hostPath = field("io.k8s.api.core.v1.Volume", "hostPath");
    assertThat(hostPath.protoPath()).containsExactly(2, 1);
    assertThat(hostPath.pointer()).isTrue();
    assertThat(field("io.k8s.api.core.v1.Probe", "httpGet").protoPath()).containsExactly(1, 2);
    assertThat(field("io.k8s.apimachinery.pkg.apis.meta.v1.APIResource", "verbs").protoPath()).containsExactly(4, 1);
  }

  @Test
  void fields_know_the_types_and_structs_of_go_that_messages_name() {
    assertThat(field("io.k8s.api.core.v1.Container", "imagePullPolicy").schema().goType()).isEqualTo("v1.PullPolicy");
    assertThat(field("io.k8s.api.core.v1.Container", "name").schema().goType()).isEmpty();
    assertThat(field("io.k8s.api.core.v1.ResourceRequirements", "limits").schema().goType()).isEqualTo("v1.ResourceList");
    assertThat(field("io.k8s.api.core.v1.PersistentVolumeSpec", "accessModes").schema().items().goType())
        .isEqualTo("v1.PersistentVolumeAccessMode");
    assertThat(field("io.k8s.api.core.v1.Volume", "hostPath").embeddedIn()).isEqualTo("VolumeSource");
    assertThat(field("io.k8s.api.admissionregistration.v1.NamedRuleWithOperations", "apiGroups").embeddedIn())
        .isEqualTo("RuleWithOperations.Rule");
  }

  @Test
  void lists_know_how_apply_and_strategic_merge_see_them() {
    Field ports = field("io.k8s.api.core.v1.Container", "ports");
    assertThat(ports.schema().listType()).isEqualTo(ListType.MAP);
    assertThat(ports.schema().listMapKeys()).containsExactly("containerPort", "protocol");
    assertThat(ports.patchStrategy()).isEqualTo("merge");
    assertThat(ports.patchMergeKey()).isEqualTo("containerPort");
    assertThat(field("io.k8s.api.core.v1.ContainerPort", "protocol").defaultValue()).isEqualTo("TCP");
    assertThat(schema("io.k8s.api.core.v1.LocalObjectReference").atomicMap()).isTrue();
  }

  @Test
  void special_types_are_recognised() {
    assertThat(field("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta", "creationTimestamp").schema().type()).isEqualTo(Type.TIME);
    assertThat(field("io.k8s.api.coordination.v1.LeaseSpec", "renewTime").schema().type()).isEqualTo(Type.MICRO_TIME);
    assertThat(field("io.k8s.api.core.v1.ServicePort", "targetPort").schema().type()).isEqualTo(Type.INT_OR_STRING);
    assertThat(field("io.k8s.api.core.v1.ResourceRequirements", "limits").schema().items().type()).isEqualTo(Type.QUANTITY);
    assertThat(field("io.k8s.api.core.v1.Secret", "data").schema().items().type()).isEqualTo(Type.BYTES);
    assertThat(field("io.k8s.api.apps.v1.ControllerRevision", "data").schema().type()).isEqualTo(Type.ANY);
    assertThat(field("io.k8s.api.authorization.v1.SubjectAccessReviewSpec", "extra").schema().items().type()).isEqualTo(Type.ARRAY);
  }

  @Test
  void zero_values_are_written_as_go_writes_them() {
    assertThat(field("io.k8s.api.apps.v1.DaemonSetStatus", "numberReady").omitEmpty()).isFalse();
    assertThat(field("io.k8s.api.core.v1.PodSpec", "containers").required()).isTrue();
    assertThat(field("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta", "creationTimestamp").omitZero()).isTrue();
    assertThat(field("io.k8s.api.apps.v1.DeploymentSpec", "replicas").pointer()).isTrue();
  }

  @Test
  void json_schema_properties_have_their_json_names() {
    assertThat(schema("io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps").fields())
        .containsKeys("$ref", "$schema", "x-kubernetes-int-or-string", "x-kubernetes-validations");
  }

  @Test
  void kinds_of_every_group_are_known() {
    assertThat(CATALOG.kind(new GroupVersionKind("", "v1", "Status"))).isPresent();
    assertThat(CATALOG.kind(new GroupVersionKind("apps", "v1", "DeleteOptions"))).isPresent();
    assertThat(CATALOG.kind(new GroupVersionKind("meta.k8s.io", "v1", "PartialObjectMetadata"))).isPresent();
    assertThat(CATALOG.kind(new GroupVersionKind("policy", "v1", "Eviction"))).isPresent();
    assertThat(CATALOG.kind(new GroupVersionKind("admission.k8s.io", "v1", "AdmissionReview"))).isPresent();
  }

  @Test
  void storage_version_hashes_equal_the_published_ones() {
    assertThat(RESOURCES.resource("", "v1", "pods").orElseThrow().storageVersionHash()).isEqualTo("xPOwRZ+Yhw8=");
    assertThat(RESOURCES.resource("autoscaling", "v1", "horizontalpodautoscalers").orElseThrow().storage()).isEqualTo("autoscaling/v2");
  }

  @Test
  void only_stable_versions_are_on_by_default() {
    assertThat(RESOURCES.onByDefault()).flatExtracting(ApiGroup::versions).extracting(ApiVersion::version).containsOnly("v1", "v2");
  }

  @Test
  void descriptions_are_found_by_definition_and_field() {
    Descriptions descriptions = KubernetesSchemas.descriptions();
    assertThat(descriptions.type("io.k8s.api.core.v1.Pod")).startsWith("Pod is a collection of containers");
    assertThat(descriptions.field("io.k8s.api.core.v1.ContainerPort", "hostPort"))
        .startsWith("Number of port to expose on the host. If specified, this must be a valid port number, 0 < x < 65536.");
  }

  private static Schema schema(String name) {
    return CATALOG.definition(name).orElseThrow();
  }

  private static Field field(String definition, String name) {
    return schema(definition).field(name).orElseThrow();
  }
}
