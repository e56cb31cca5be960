package io.kubrig.operators.hash;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.kubrig.operators.engine.Objects;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Hashes that kube-controller-manager 1.36.2 gave to these templates, defaults filled in by the API server. */
class HashesTest {
  private static final String DEFAULTS =
      "\"restartPolicy\": \"Always\", \"dnsPolicy\": \"ClusterFirst\", \"securityContext\": {}, \"schedulerName\": \"default-scheduler\"";
  private static final String CONTAINER_DEFAULTS = "\"terminationMessagePath\": \"/dev/termination-log\","
      + " \"terminationMessagePolicy\": \"File\", \"imagePullPolicy\": \"IfNotPresent\"";

  private static PodTemplateSpec template(String json) {
    return Objects.parse(json, PodTemplateSpec.class);
  }

  private static PodTemplateSpec simple(String label, String more) {
    return template("""
        {"metadata": {"labels": {"app": "%s"}}, "spec": {%s "terminationGracePeriodSeconds": 30, %s,
         "containers": [{"name": "app", "image": "example.test/app:1", "resources": {}, %s}]}}
        """.formatted(label, more, DEFAULTS, CONTAINER_DEFAULTS));
  }

  @Test
  void the_simplest_template() {
    assertThat(Hashes.template(simple("web", ""), null)).isEqualTo("547f774848");
  }

  @Test
  void a_template_with_ports_environment_quantities_and_tolerations() {
    PodTemplateSpec rich = template("""
        {"metadata": {"labels": {"app": "web", "tier": "front"}, "annotations": {"note": "hello"}},
         "spec": {"terminationGracePeriodSeconds": 5, "nodeSelector": {"disk": "ssd"}, "tolerations": [{"key": "x", "operator": "Exists"}], %s,
          "containers": [
           {"name": "a", "image": "example.test/a:1", "ports": [{"containerPort": 8080, "name": "http", "protocol": "TCP"}],
            "env": [{"name": "X", "value": "1"}], "resources": {"limits": {"cpu": "1", "memory": "64Mi"}, "requests": {"cpu": "1", "memory": "64Mi"}}, %s},
           {"name": "b", "image": "example.test/b:1", "command": ["sh", "-c", "sleep 1"], "resources": {}, %s}]}}
        """.formatted(DEFAULTS, CONTAINER_DEFAULTS, CONTAINER_DEFAULTS));
    PodTemplateSpec unrequested = Objects.copy(rich);
    unrequested.getSpec().getContainers().getFirst().getResources().setRequests(null);
    assertThat(List.of(Hashes.template(rich, null), Hashes.template(unrequested, null))).contains("6bbd4c4c99");
  }

  @Test
  void a_daemon_set() {
    assertThat(Hashes.template(simple("agent", "\"nodeSelector\": {\"case\": \"ds-create\"},"), null)).isEqualTo("7ff86dbd76");
  }

  @Test
  void a_revision_of_a_stateful_set() {
    assertThat(Hashes.revision(Hashes.templatePatch(simple("web", "")), 0)).isEqualTo("bdb88649f");
  }

  @Test
  void a_collision_changes_the_hash() {
    assertThat(Hashes.template(simple("web", ""), 0)).isNotEqualTo(Hashes.template(simple("web", ""), 1));
  }

  @Test
  void quantities_print_their_innards() {
    assertThat(GoQuantity.parse("64Mi")).isEqualTo(new GoQuantity(67108864, 0, null, "", "BinarySI"));
    assertThat(GoQuantity.parse("100m")).isEqualTo(new GoQuantity(100, -3, null, "100m", "DecimalSI"));
    assertThat(GoQuantity.parse("1500m")).isEqualTo(new GoQuantity(1500, -3, null, "1500m", "DecimalSI"));
  }

  @Test
  void templates_are_the_same_but_for_the_hash_in_their_labels_and_what_means_nothing() {
    PodTemplateSpec template = simple("a", "");
    PodTemplateSpec hashed = Objects.copy(template);
    hashed.getMetadata().getLabels().put(Hashes.TEMPLATE_HASH, "x");
    assertThat(Hashes.sameTemplate(template, hashed)).isTrue();
    PodTemplateSpec spelled = Objects.copy(hashed);
    spelled.getSpec().setHostNetwork(false);
    assertThat(Hashes.sameTemplate(template, spelled)).isTrue();
  }

  @Test
  void templates_differ_by_any_other_label_an_annotation_or_their_spec() {
    PodTemplateSpec template = simple("a", "");
    PodTemplateSpec labelled = Objects.copy(template);
    labelled.getMetadata().getLabels().put("round", "2");
    PodTemplateSpec annotated = Objects.copy(template);
    annotated.getMetadata().getAnnotations().put("kubectl.kubernetes.io/restartedAt", "now");
    PodTemplateSpec changed = Objects.copy(template);
    changed.getSpec().getContainers().getFirst().setImage("another");
    assertThat(List.of(labelled, annotated, changed)).noneMatch(other -> Hashes.sameTemplate(template, other));
  }
}
