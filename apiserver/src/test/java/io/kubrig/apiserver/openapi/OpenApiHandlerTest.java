package io.kubrig.apiserver.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.apiserver.discovery.RecordedExchange;
import io.kubrig.apiserver.discovery.ServedApis;
import io.kubrig.apiserver.discovery.ServedVersion;
import io.kubrig.apiserver.http.Headers;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.json.Limits;
import io.kubrig.machinery.schema.ApiResource;
import io.kubrig.machinery.schema.ApiSubresource;
import io.kubrig.machinery.schema.ApiVersion;
import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.tree.Tree;
import io.kubrig.schemas.KubernetesSchemas;
import io.kubrig.schemas.ResourceTable;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

class OpenApiHandlerTest {
  private static final GroupVersionKind WIDGET = new GroupVersionKind("example.com", "v1", "Widget");
  private static final ResourceTable TABLE = KubernetesSchemas.resources();

  private final ServedApis apis = new ServedApis(TABLE.onByDefault(), TABLE);
  private final OpenApiDocuments documents =
      new OpenApiDocuments(KubernetesSchemas.load(), KubernetesSchemas::descriptions, new RemoteDocuments(() -> {}));
  private final OpenApiHandler handler = new OpenApiHandler(apis, documents);

  @Test
  void the_index_names_a_document_per_group_version_by_its_hash() throws IOException {
    Tree paths = json(get("/openapi/v3")).tree("paths");
    assertThat(paths.names()).contains("api/v1", "apis/apps/v1", "apis/apps", "version").doesNotContain("apis/storage.k8s.io/v1beta1");
    String url = paths.tree("apis/apps/v1").string("serverRelativeURL");
    assertThat(url).startsWith("/openapi/v3/apis/apps/v1?hash=");
    RecordedExchange part = get(url);
    assertThat(part.status).isEqualTo(200);
    assertThat(part.headers.value("Cache-Control")).isEqualTo("public, immutable");
    assertThat(json(part).at("components", "schemas").has("io.k8s.api.apps.v1.Deployment")).isTrue();
  }

  @Test
  void an_old_hash_leads_to_the_new_one() throws IOException {
    RecordedExchange moved = get("/openapi/v3/apis/apps/v1?hash=OLD");
    assertThat(moved.status).isEqualTo(301);
    assertThat(get(moved.headers.value("Location")).status).isEqualTo(200);
  }

  @Test
  void a_document_is_sent_zipped_and_not_sent_twice() throws IOException {
    RecordedExchange plain = get("/openapi/v2");
    RecordedExchange zipped = get("/openapi/v2", "Accept-Encoding", "gzip");
    assertThat(zipped.headers.value("Content-Encoding")).isEqualTo("gzip");
    assertThat(new GZIPInputStream(new ByteArrayInputStream(zipped.body)).readAllBytes()).isEqualTo(plain.body);
    assertThat(get("/openapi/v2", "If-None-Match", plain.headers.value("ETag")).status).isEqualTo(304);
  }

  @Test
  void extensions_are_spelt_out_for_clients_that_do_not_know_them() throws IOException {
    Tree properties =
        Tree.of(
            "port", Tree.of("x-kubernetes-int-or-string", true),
            "inner", Tree.of("type", "object", "x-kubernetes-embedded-resource", true));
    documents.define(WIDGET, "WidgetList", Tree.of("type", "object", "properties", properties), List.of());
    apis.put(ServedVersion.custom(widgets()));
    Tree shown = json(get("/openapi/v3/apis/example.com/v1")).at("components", "schemas", "com.example.v1.Widget", "properties");
    assertThat(shown.tree("port").trees("anyOf")).containsExactly(Tree.of("type", "integer"), Tree.of("type", "string"));
    assertThat(shown.tree("inner").strings("required")).containsExactly("kind", "apiVersion");
    assertThat(shown.at("inner", "properties").names()).contains("apiVersion", "kind", "metadata");
  }

  @Test
  void custom_kinds_are_published_when_they_are_served() throws IOException {
    Tree spec = Tree.of("type", "object", "properties", Tree.of("size", Tree.of("type", "integer", "default", 3L)));
    documents.define(WIDGET, "WidgetList", Tree.of("type", "object", "properties", Tree.of("spec", spec)), List.of(".spec.size"));
    apis.put(ServedVersion.custom(widgets()));
    Tree document = json(get("/openapi/v3/apis/example.com/v1"));
    assertThat(document.tree("paths").names()).contains("/apis/example.com/v1/namespaces/{namespace}/widgets/{name}/scale");
    Tree definition = document.at("components", "schemas", "com.example.v1.Widget");
    assertThat(definition.at("properties", "spec", "properties", "size").integer("default")).isEqualTo(3);
    assertThat(definition.trees("x-kubernetes-group-version-kind").getFirst().string("kind")).isEqualTo("Widget");
    assertThat(definition.trees("x-kubernetes-selectable-fields")).containsExactly(Tree.of("fieldPath", "spec.size"));
    Tree second = json(get("/openapi/v2")).at("definitions", "com.example.v1.Widget", "properties", "spec", "properties", "size");
    assertThat(second).isEqualTo(Tree.of("type", "integer"));
    apis.remove("example.com", "v1");
    documents.forget(WIDGET);
    assertThat(handler.handle(new RecordedExchange("GET", "/openapi/v3/apis/example.com/v1", new Headers()),
        "/openapi/v3/apis/example.com/v1"))
        .isFalse();
  }

  @Test
  void documents_are_protobuf_for_who_prefers_it() throws IOException {
    RecordedExchange plain = get("/openapi/v2");
    for (String type : List.of("spec.v2@v1.0+protobuf", "spec.v2.v1.0+protobuf")) {
      RecordedExchange binary = get("/openapi/v2", "Accept", "application/json;q=0.5, application/com.github.proto-openapi." + type);
      assertThat(binary.headers.value("Content-Type")).isEqualTo("application/com.github.proto-openapi.spec.v2.v1.0+protobuf");
      assertThat(binary.headers.value("Etag")).isEqualTo(plain.headers.value("Etag"));
      assertThat(new String(binary.body, StandardCharsets.ISO_8859_1)).contains("\n\u00032.0");
    }
    RecordedExchange part = get("/openapi/v3/apis/apps/v1", "Accept", "application/com.github.proto-openapi.spec.v3@v1.0+protobuf");
    assertThat(new String(part.body, StandardCharsets.ISO_8859_1)).contains("\n\u00053.0.0");
    RecordedExchange refused = get("/openapi/v2", "Accept", "text/html");
    assertThat(refused.status).isEqualTo(406);
    assertThat(refused.body).isEmpty();
    assertThat(get("/openapi/v3", "Accept", "application/com.github.proto-openapi.spec.v3@v1.0+protobuf").status).isEqualTo(200);
  }

  private static ApiVersion widgets() {
    GroupVersionKind scale = new GroupVersionKind("autoscaling", "v1", "Scale");
    return new ApiVersion(
        "example.com",
        "v1",
        true,
        List.of(
            new ApiResource(
                WIDGET,
                "widgets",
                "widget",
                ApiResource.Scope.NAMESPACED,
                List.of("delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"),
                List.of(),
                List.of(),
                "example.com/v1",
                "",
                List.of(new ApiSubresource("scale", scale, List.of("get", "patch", "update"), true)))));
  }

  private RecordedExchange get(String path, String... headers) throws IOException {
    RecordedExchange exchange = new RecordedExchange("GET", path, Headers.of(headers));
    assertThat(handler.handle(exchange, exchange.rawPath())).isTrue();
    return exchange;
  }

  private static Tree json(RecordedExchange exchange) {
    return (Tree) Json.read(exchange.body, Limits.TRUSTED);
  }
}
