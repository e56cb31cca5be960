package io.kubrig.apiserver.customresource;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.apiserver.server.LiveApi;
import io.kubrig.apiserver.server.LiveApi.Answer;
import io.kubrig.apiserver.webhook.FakeHook;
import io.kubrig.machinery.tree.Tree;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class WebhookConversionTest {
  private static final String DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  private static final String V1 = "/apis/stable.example.com/v1/namespaces/default/knives";
  private static final String V2 = "/apis/stable.example.com/v2/namespaces/default/knives";

  private LiveApi api;
  private FakeHook hook;

  /** {@code spec.sharp} of v1 is {@code spec.edge} of v2. */
  private static Tree convert(Tree review) {
    return respond(review, object -> renamed(object, review.tree("request").string("desiredAPIVersion")));
  }

  private static Tree renamed(Tree object, String apiVersion) {
    Tree copy = object.copy().set("apiVersion", apiVersion);
    boolean up = apiVersion.endsWith("v2");
    Object value = copy.need("spec").remove(up ? "sharp" : "edge");
    if (value != null) {
      copy.need("spec").set(up ? "edge" : "sharp", value);
    }
    copy.need("metadata").need("annotations").set("converted", "yes");
    copy.need("metadata").set("finalizers", List.of("ignored/finalizer"));
    return copy;
  }

  private static Tree respond(Tree review, UnaryOperator<Tree> conversion) {
    List<Object> converted = new ArrayList<>();
    review.tree("request").trees("objects").forEach(object -> converted.add(conversion.apply(object)));
    Tree response =
        Tree.of("uid", review.tree("request").string("uid"), "convertedObjects", converted, "result", Tree.of("status", "Success"));
    return Tree.of("kind", "ConversionReview", "apiVersion", review.string("apiVersion"), "response", response);
  }

  private static String version(String name, boolean storage, String field) {
    return "{name: " + name + ", served: true, storage: " + storage
        + ", schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {" + field + ": {type: string}}}}}}}";
  }

  private static String versions(boolean storesV2) {
    return "[" + version("v1", !storesV2, "sharp") + ", " + version("v2", storesV2, "edge") + "]";
  }

  @BeforeEach
  void start() throws Exception {
    api = new LiveApi();
    hook = new FakeHook(WebhookConversionTest::convert);
    String webhook = "{conversionReviewVersions: [v1], clientConfig: {url: '" + hook.url() + "/convert', caBundle: " + FakeHook.caBundle()
        + "}}";
    api.create(
        DEFINITIONS,
        "{metadata: {name: knives.stable.example.com}, spec: {group: stable.example.com, scope: Namespaced, names: {plural: knives, "
            + "singular: knife,"
            + " kind: Knife, listKind: KnifeList}, conversion: {strategy: Webhook, webhook: " + webhook + "}, versions: " + versions(false)
                + "}}");
    api.until(() -> api.get(V1).status() == 200);
  }

  @AfterEach
  void stop() {
    hook.close();
    api.close();
  }

  private Tree knife(String name) throws Exception {
    return api.create(V1, "{apiVersion: stable.example.com/v1, kind: Knife, metadata: {name: " + name + "}, spec: {sharp: very}}");
  }

  @Test
  void objects_are_read_and_written_in_every_version() throws Exception {
    knife("a");
    assertThat(hook.reviews()).describedAs("the stored version needs no conversion").isEmpty();
    Tree read = api.get(V2 + "/a").body();
    assertThat(read.tree("spec")).isEqualTo(Tree.of("edge", "very"));
    assertThat(read.at("metadata", "annotations").string("converted")).isEqualTo("yes");
    assertThat(read.tree("metadata").has("finalizers")).describedAs("only labels and annotations count").isFalse();
    assertThat(hook.uris()).containsExactly("/convert?timeout=30s");
    Tree made = api.create(V2, "{apiVersion: stable.example.com/v2, kind: Knife, metadata: {name: b}, spec: {edge: dull}}");
    assertThat(made.string("apiVersion")).isEqualTo("stable.example.com/v2");
    assertThat(api.get(V1 + "/b").body().tree("spec")).isEqualTo(Tree.of("sharp", "dull"));
    api.send("PATCH", V2 + "/b", "{spec: {edge: sharp}}");
    assertThat(api.get(V1 + "/b").body().tree("spec")).isEqualTo(Tree.of("sharp", "sharp"));
    assertThat(api.metrics())
        .contains("apiserver_conversion_webhook_request_total{failure_type=\"\",result=\"success\"}")
        .contains("apiserver_crd_conversion_webhook_duration_seconds_count{crd_name=\"knives.stable.example.com\",from_version=\"v1\"");
  }

  @Test
  void a_list_is_converted_in_one_call() throws Exception {
    for (String name : List.of("a", "b", "c")) {
      knife(name);
    }
    hook.reviews().clear();
    Tree list = api.get(V2).body();
    assertThat(list.trees("items")).extracting(item -> item.tree("spec").string("edge")).containsExactly("very", "very", "very");
    assertThat(hook.reviews()).hasSize(1);
    assertThat(hook.reviews().getFirst().tree("request").trees("objects")).hasSize(3);
  }

  @Test
  void what_was_stored_in_another_version_moves_with_its_next_write() throws Exception {
    knife("a");
    api.send("PATCH", DEFINITIONS + "/knives.stable.example.com", "{spec: {versions: " + versions(true) + "}}");
    api.until(() -> api.get(DEFINITIONS + "/knives.stable.example.com").body().tree("status").strings("storedVersions").size() == 2);
    hook.reviews().clear();
    assertThat(api.get(V1 + "/a").body().tree("spec")).isEqualTo(Tree.of("sharp", "very"));
    assertThat(hook.reviews()).isEmpty();
    String before = api.get(V2 + "/a").body().tree("metadata").string("resourceVersion");
    assertThat(api.send("PATCH", V2 + "/a", "{spec: {edge: very}}").body().tree("metadata").string("resourceVersion")).isNotEqualTo(before);
    hook.reviews().clear();
    assertThat(api.get(V2 + "/a").body().tree("spec")).isEqualTo(Tree.of("edge", "very"));
    assertThat(hook.reviews()).isEmpty();
    assertThat(api.send("DELETE", V1 + "/a", "").status()).isEqualTo(200);
  }

  private String failure() throws IOException, InterruptedException {
    Answer answer = api.get(V2 + "/a");
    assertThat(answer.status()).isEqualTo(500);
    return answer.message();
  }

  @Test
  void what_a_webhook_does_wrong_is_told() throws Exception {
    knife("a");
    String subject = "conversion webhook for stable.example.com/v1, Kind=Knife ";
    hook.answer(review -> respond(review, object -> object));
    assertThat(failure())
        .isEqualTo(
            subject + "returned invalid object at index 0: invalid groupVersion (expected stable.example.com/v2, received "
                + "stable.example.com/v1)");
    hook.answer(
        review ->
            respond(
                review,
                object -> {
                  Tree other = renamed(object, "stable.example.com/v2");
                  other.need("metadata").set("name", "other");
                  return other;
                }));
    assertThat(failure()).isEqualTo(subject + "returned invalid object: must have the same name: a != other");
    hook.answer(
        review ->
            respond(
                review,
                object -> {
                  Tree other = renamed(object, "stable.example.com/v2");
                  other.need("metadata").set("labels", Tree.of("a", "b c"));
                  return other;
                }));
    assertThat(failure()).startsWith(subject + "returned invalid metadata: metadata.labels: Invalid value: \"b c\"");
    hook.answer(
        review -> {
          Tree refusal = respond(review, object -> object);
          refusal.need("response").set("result", Tree.of("status", "Failure", "message", "not today"));
          return refusal;
        });
    assertThat(failure()).isEqualTo(subject + "failed: not today");
    hook.answer(review -> respond(Tree.of("apiVersion", "apiextensions.k8s.io/v1", "request",
        review.tree("request").copy().set("objects", List.of())), object -> object));
    assertThat(failure()).isEqualTo(subject + "returned 0 objects, expected 1");
    String url = hook.url();
    hook.close();
    assertThat(failure())
        .isEqualTo(subject + "failed: Post \"" + url + "/convert?timeout=30s\": dial tcp " + url.substring(8)
            + ": connect: connection refused");
    assertThat(api.get(V2).message()).startsWith("conversion webhook for stable.example.com/v2, Kind=KnifeList failed: Post");
    assertThat(api.get(V1 + "/a").status()).isEqualTo(200);
  }
}
