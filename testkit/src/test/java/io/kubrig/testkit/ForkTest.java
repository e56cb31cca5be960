package io.kubrig.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ForkTest {
  @Test
  void a_fork_has_all_there_is_and_then_goes_its_own_way() throws Exception {
    try (KubrigCluster one = KubrigCluster.builder().apiServerOnly().start()) {
      one.client().resource(Samples.config("shared", "1")).create();
      try (KubrigCluster two = one.fork()) {
        assertThat(two.client().resource(Samples.config("shared", "")).get().getMetadata())
            .isEqualTo(one.client().resource(Samples.config("shared", "")).get().getMetadata());
        two.client().resource(Samples.config("shared", "2")).update();
        one.client().resource(Samples.config("mine", "1")).create();
        assertThat(one.client().resource(Samples.config("shared", "")).get().getData()).containsEntry("k", "1");
        assertThat(two.client().resource(Samples.config("mine", "")).get()).isNull();
      }
    }
  }

  @Test
  void a_fork_may_have_other_parts_and_finishes_what_was_begun() throws Exception {
    try (KubrigCluster prepared = KubrigCluster.builder().apiServerOnly().virtualTime().start()) {
      prepared.client().resource(Samples.deployment("web", 2)).create();
      try (KubrigCluster running = prepared.fork(KubrigCluster.builder().nodes(1))) {
        running.advance(Duration.ofSeconds(5)); // pods that are made before their account is there are tried again
        assertThat(running.client().apps().deployments().inNamespace("default").withName("web").get().getStatus().getReadyReplicas())
            .isEqualTo(2);
      }
    }
  }

  @Test
  void custom_resources_are_served_in_a_fork_as_well() throws Exception {
    try (KubrigCluster one = KubrigCluster.builder().apiServerOnly().start()) {
      one.apply("testkit/widgets.yaml");
      try (KubrigCluster two = one.fork()) {
        two.apply("testkit/widget.yaml");
        assertThat(two.client().genericKubernetesResources("example.com/v1", "Widget").inNamespace("default").list().getItems()).hasSize(1);
      }
    }
  }

  @Test
  void a_fork_takes_everything_as_it_is() throws Exception {
    try (KubrigCluster one = KubrigCluster.builder().apiServerOnly().start()) {
      one.client().rbac().clusterRoles().withName("edit").delete();
      try (KubrigCluster two = one.fork()) {
        assertThat(two.client().rbac().clusterRoles().withName("edit").get()).isNull();
        assertThat(two.client().rbac().clusterRoles().withName("view").get()).isNotNull();
      }
    }
  }
}
