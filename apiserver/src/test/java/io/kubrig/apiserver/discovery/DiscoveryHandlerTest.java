package io.kubrig.apiserver.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.apiserver.http.Headers;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.protobuf.Protobuf;
import io.kubrig.machinery.schema.ApiResource;
import io.kubrig.machinery.schema.ApiVersion;
import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.schema.SchemaCatalog;
import io.kubrig.machinery.tree.Tree;
import io.kubrig.schemas.KubernetesSchemas;
import io.kubrig.schemas.ResourceTable;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class DiscoveryHandlerTest {
  private static final String AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
  private static final SchemaCatalog SCHEMAS = KubernetesSchemas.load();
  private static final ResourceTable TABLE = KubernetesSchemas.resources();

  private final ServedApis apis = new ServedApis(TABLE.onByDefault(), TABLE);
  private final DiscoveryHandler handler = new DiscoveryHandler(apis, SCHEMAS, () -> "10.0.0.1:6443");

  @Test
  void the_aggregated_document_is_not_sent_twice() throws IOException {
    RecordedExchange first = get("/apis", "Accept", AGGREGATED);
    assertThat(first.status).isEqualTo(200);
    assertThat(first.headers.value("Content-Type")).isEqualTo(AGGREGATED);
    assertThat(first.headers.value("Vary")).isEqualTo("Accept");
    String etag = first.headers.value("ETag");
    assertThat(etag).matches("\"[0-9A-F]{128}\"");
    assertThat(get("/apis", "Accept", AGGREGATED, "If-None-Match", etag).status).isEqualTo(304);
    apis.put(ServedVersion.custom(widgets("v1")));
    assertThat(get("/apis", "Accept", AGGREGATED, "If-None-Match", etag).status).isEqualTo(200);
  }

  @Test
  void a_client_that_prefers_the_aggregated_document_but_takes_the_old_one_gets_what_there_is() throws IOException {
    String accept = AGGREGATED + ",application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";
    assertThat(json(get("/apis", "Accept", accept)).string("kind")).isEqualTo("APIGroupDiscoveryList");
    assertThat(json(get("/apis/apps/v1", "Accept", accept)).string("kind")).isEqualTo("APIResourceList");
    String beta = "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList";
    assertThat(json(get("/apis", "Accept", beta + ",application/json")).string("kind")).isEqualTo("APIGroupList");
    assertThatThrownBy(() -> get("/apis", "Accept", beta)).isInstanceOf(ApiException.class);
  }

  @Test
  void custom_resources_come_and_go_below_the_built_in_groups() throws IOException {
    apis.put(ServedVersion.custom(widgets("v1alpha1")));
    apis.put(ServedVersion.custom(widgets("v1")));
    List<Tree> groups = json(get("/apis")).trees("groups");
    assertThat(groups.getLast().string("name")).isEqualTo("example.com");
    assertThat(groups.getLast().tree("preferredVersion").string("version")).isEqualTo("v1");
    Tree item = json(get("/apis", "Accept", AGGREGATED)).trees("items").getLast();
    Tree kind = item.trees("versions").getFirst().trees("resources").getFirst().tree("responseKind");
    assertThat(kind).isEqualTo(Tree.of("group", "example.com", "version", "v1", "kind", "Widget"));
    apis.remove("example.com", "v1");
    apis.remove("example.com", "v1alpha1");
    assertThat(handler.handle(exchange("/apis/example.com"), "/apis/example.com")).isFalse();
  }

  @Test
  void documents_are_sent_in_protobuf_as_well() throws IOException {
    RecordedExchange legacy = get("/apis/apps/v1", "Accept", "application/vnd.kubernetes.protobuf");
    Protobuf.Envelope envelope = Protobuf.open(legacy.body);
    Tree decoded = Protobuf.decode(SCHEMAS.kind(new GroupVersionKind("", "v1", "APIResourceList")).orElseThrow(), envelope);
    assertThat(decoded).isEqualTo(json(get("/apis/apps/v1")));
    RecordedExchange aggregated = get("/api", "Accept", AGGREGATED.replace("json", "vnd.kubernetes.protobuf"));
    Protobuf.Envelope list = Protobuf.open(aggregated.body);
    assertThat(list.groupVersionKind()).isEqualTo(new GroupVersionKind("apidiscovery.k8s.io", "v2", "APIGroupDiscoveryList"));
    assertThat(Protobuf.decode(SCHEMAS.kind(list.groupVersionKind()).orElseThrow(), list))
        .isEqualTo(json(get("/api", "Accept", AGGREGATED)));
  }

  @Test
  void other_paths_and_methods_are_left_to_others() throws IOException {
    for (String path : List.of("/apis/apps/v1/deployments", "/apis/nosuch", "/apis/nosuch/v1", "/api/v1/pods", "/", "/api/v2")) {
      assertThat(handler.handle(exchange(path), path)).as(path).isFalse();
    }
    assertThatThrownBy(() -> handler.handle(exchange("/apis/apps/v9"), "/apis/apps/v9")).hasMessageContaining("could not find");
    assertThatThrownBy(() -> handler.handle(new RecordedExchange("POST", "/api", new Headers()), "/api"))
        .hasMessageContaining("does not allow this method");
  }

  private static ApiVersion widgets(String version) {
    ApiResource resource =
        new ApiResource(
            new GroupVersionKind("example.com", version, "Widget"),
            "widgets",
            "widget",
            ApiResource.Scope.NAMESPACED,
            List.of("get", "list"),
            List.of("wd"),
            List.of(),
            "example.com/v1",
            ResourceTable.storageVersionHash("example.com", "v1", "Widget"),
            List.of());
    return new ApiVersion("example.com", version, true, List.of(resource));
  }

  private static RecordedExchange exchange(String path, String... headers) {
    return new RecordedExchange("GET", path, Headers.of(headers));
  }

  private RecordedExchange get(String path, String... headers) throws IOException {
    RecordedExchange exchange = exchange(path, headers);
    assertThat(handler.handle(exchange, path)).isTrue();
    return exchange;
  }

  private static Tree json(RecordedExchange exchange) {
    return Json.readTree(exchange.body);
  }
}
