package io.kubrig.operators.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class WriteTest {
  private static String told(String method, String path) {
    return Write.of(method, path, null).toString();
  }

  @Test
  void a_request_is_told_by_verb_resource_and_object() {
    assertThat(told("PUT", "/apis/apps/v1/namespaces/ns/deployments/web/status")).isEqualTo("update deployments.apps/status ns/web");
    assertThat(told("DELETE", "/api/v1/namespaces/ns/pods/p")).isEqualTo("delete pods ns/p");
    assertThat(told("DELETE", "/api/v1/namespaces/ns/pods")).isEqualTo("deletecollection pods ns/(all)");
    assertThat(told("PATCH", "/api/v1/nodes/n")).isEqualTo("patch nodes n");
    assertThat(told("PUT", "/api/v1/namespaces/ns/finalize")).isEqualTo("update namespaces/finalize ns");
    assertThat(told("DELETE", "/api/v1/namespaces/ns")).isEqualTo("delete namespaces ns");
  }

  @Test
  void the_document_tells_the_name_and_the_state_that_is_meant() {
    assertThat(Write.of("POST", "/api/v1/namespaces/ns/pods", "{\"metadata\":{\"generateName\":\"a-\"}}").name()).isEqualTo("a-*");
    assertThat(Write.of("PUT", "/api/v1/nodes/n", "{\"metadata\":{\"name\":\"n\",\"resourceVersion\":\"7\"}}").revision()).isEqualTo("7");
    assertThat(Write.of("DELETE", "/api/v1/nodes/n", "{\"preconditions\":{\"resourceVersion\":\"8\"}}").revision()).isEqualTo("8");
    assertThat(Write.of("PATCH", "/api/v1/nodes/n", "[{\"op\":\"remove\"}]").revision()).isEmpty();
  }

  @Test
  void writes_of_a_batch_go_to_the_account_of_the_reconcile_that_began_it() throws InterruptedException {
    Attempt attempt = new Attempt();
    Write write = Write.of("DELETE", "/api/v1/nodes/n", null);
    attempt.call(() -> Batches.all(List.of(() -> {
      Attempt.current().orElseThrow().wrote("1", write);
      return null;
    })));
    assertThat(attempt.writes()).containsExactly(write);
    assertThat(Attempt.current()).isEmpty();
  }
}
