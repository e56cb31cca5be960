package io.kubrig.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.kubrig.testkit.KubrigCluster;
import io.kubrig.testkit.KubrigTest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The Java Operator SDK's sample operators at work in a cluster of the test kit, unchanged. They are not published as artifacts, so they
 * are compiled from a checkout of that project, {@code -Dkubrig.josdk=DIRECTORY}; nothing is fetched.
 */
@KubrigTest(virtualTime = true, nodes = 2, manifests = "operators/definitions.yaml", isolation = KubrigTest.Isolation.METHOD)
@EnabledIfSystemProperty(named = "kubrig.josdk", matches = ".+", disabledReason = "-Dkubrig.josdk names no checkout of java-operator-sdk")
class SampleOperatorsIT {
  private static final Path CHECKOUT = Path.of(System.getProperty("kubrig.josdk", ""));

  KubrigCluster cluster;
  KubernetesClient client;

  @TempDir Path classes;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "WebPageReconciler", "WebPageManagedDependentsReconciler", "WebPageStandaloneDependentsReconciler",
        "WebPageDependentsWorkflowReconciler"
      })
  void the_web_page_operator_publishes_a_page_and_takes_it_back(String flavour) throws Exception {
    try (SampleSources webpage = SampleSources.compile(CHECKOUT, "webpage", List.of(), classes)) {
      Operator operator = cluster.operator();
      operator.register(flavour.contains("Workflow") ? webpage.reconciler(flavour, client) : webpage.reconciler(flavour));
      operator.start();
      GenericKubernetesResource page = create("sample.javaoperatorsdk/v1", "WebPage", "hello",
          Map.of("html", "<html><body>Hello</body></html>", "exposed", true));
      cluster.advance(Duration.ofMinutes(1));

      assertThat(client.configMaps().inNamespace("default").withName("hello-html").get().getData())
          .containsEntry("index.html", "<html><body>Hello</body></html>");
      assertThat(client.apps().deployments().inNamespace("default").withName("hello").get().getStatus().getReadyReplicas()).isEqualTo(1);
      assertThat(client.services().inNamespace("default").withName("hello").get()).isNotNull();
      assertThat(client.network().v1().ingresses().inNamespace("default").withName("hello").get()).isNotNull();
      assertThat(client.resource(page).get().<Boolean>get("status", "areWeGood")).isTrue();

      client.resource(page).delete();
      cluster.advance(Duration.ofMinutes(1));
      assertThat(client.apps().deployments().inNamespace("default").list().getItems()).isEmpty();
      assertThat(client.pods().inNamespace("default").list().getItems()).isEmpty();
      int left = flavour.equals("WebPageReconciler") ? 1 : 0; // which gives its ingress no owner
      assertThat(client.network().v1().ingresses().inNamespace("default").list().getItems()).hasSize(left);
    }
  }

  @Test
  void the_tomcat_operator_rolls_out_a_server_and_loads_an_application_into_its_pods() throws Exception {
    ConcurrentLinkedQueue<String> commands = new ConcurrentLinkedQueue<>();
    cluster.containers().onExec(call -> {
      commands.add(call.container() + ": " + call.line());
      call.print("saved");
      return 0;
    });
    try (SampleSources tomcats = SampleSources.compile(CHECKOUT, "tomcat-operator", List.of("TomcatOperator"), classes)) {
      Operator operator = cluster.operator();
      operator.register(tomcats.reconciler("TomcatReconciler"));
      operator.register(tomcats.reconciler("WebappReconciler", client));
      operator.start();
      GenericKubernetesResource tomcat = create("tomcatoperator.io/v1", "Tomcat", "server", Map.of("version", 9, "replicas", 2));
      GenericKubernetesResource app = create("tomcatoperator.io/v1", "Webapp", "app",
          Map.of("tomcat", "server", "url", "http://example.com/app.war", "contextPath", "app"));
      cluster.advance(Duration.ofMinutes(1));

      assertThat(client.resource(tomcat).get().<Integer>get("status", "readyReplicas")).isEqualTo(2);
      assertThat(client.resource(app).get().<String>get("status", "deployedArtifact")).isEqualTo("http://example.com/app.war");
      assertThat(client.resource(app).get().<List<String>>get("status", "deploymentStatus")).hasSize(2)
          .allSatisfy(status -> assertThat(status).startsWith("server-").endsWith("saved\n"));
      assertThat(commands).hasSize(2)
          .allSatisfy(command ->
              assertThat(command).startsWith("war-downloader: ").endsWith("wget -O /data/app.war http://example.com/app.war"));

      commands.clear();
      client.resource(app).delete();
      cluster.advance(Duration.ofMinutes(1));
      assertThat(commands).containsExactly("war-downloader: rm /data/app.war", "war-downloader: rm /data/app.war");
      assertThat(client.resource(app).get()).isNull();
    }
  }

  @Test
  void a_namespace_is_not_gone_before_its_operator_has_cleaned_up() throws Exception {
    client.resource(new NamespaceBuilder().withNewMetadata().withName("team").endMetadata().build()).create();
    try (SampleSources samples = SampleSources.compile(CHECKOUT, "controller-namespace-deletion", List.of(), classes)) {
      Operator operator = cluster.operator();
      operator.register(samples.reconciler("ControllerNamespaceDeletionReconciler"));
      operator.start();
      GenericKubernetesResource resource = resource("namespacedeletion.io/v1", "ControllerNamespaceDeletionCustomResource", "one",
          Map.of("value", "v"));
      resource.getMetadata().setNamespace("team");
      client.resource(resource).create();
      cluster.settle();
      assertThat(client.resource(resource).get().<String>get("status", "value")).isEqualTo("v");
      client.namespaces().withName("team").delete();
      assertThat(client.namespaces().withName("team").get().getStatus().getPhase()).isEqualTo("Terminating");
      cluster.advance(Duration.ofMinutes(1)); // the operator's clean-up takes ten real seconds
      assertThat(client.namespaces().withName("team").get()).isNull();
    }
  }

  private GenericKubernetesResource create(String apiVersion, String kind, String name, Map<String, Object> spec) {
    return client.resource(resource(apiVersion, kind, name, spec)).create();
  }

  private static GenericKubernetesResource resource(String apiVersion, String kind, String name, Map<String, Object> spec) {
    GenericKubernetesResource resource = new GenericKubernetesResource();
    resource.setApiVersion(apiVersion);
    resource.setKind(kind);
    resource.setMetadata(new ObjectMetaBuilder().withName(name).withNamespace("default").build());
    resource.setAdditionalProperty("spec", spec);
    return resource;
  }
}
