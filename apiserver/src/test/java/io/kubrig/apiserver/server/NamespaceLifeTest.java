package io.kubrig.apiserver.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.machinery.tree.Tree;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How namespaces come and go, asked through the API; what is answered is what kube-apiserver 1.36.2 answers. */
class NamespaceLifeTest {
  private static final String NAMESPACES = "/api/v1/namespaces";
  private static LiveApi api;

  @BeforeAll
  static void start() throws Exception {
    api = new LiveApi();
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  private static void namespace(String name) throws Exception {
    api.create(NAMESPACES, "{metadata: {name: " + name + "}}");
  }

  private static LiveApi.Answer delete(String name, String options) throws Exception {
    return api.send("DELETE", NAMESPACES + "/" + name, options);
  }

  private static LiveApi.Answer finalize(String name, String spec) throws Exception {
    return api.send("PUT", NAMESPACES + "/" + name + "/finalize", "{metadata: {name: " + name + "}, spec: {" + spec + "}}");
  }

  @Test
  void the_first_deletion_marks_and_no_later_one_changes_anything_while_content_may_remain() throws Exception {
    namespace("marked");
    Tree first = delete("marked", "{propagationPolicy: Foreground, gracePeriodSeconds: 30}").body();
    Tree metadata = first.tree("metadata");
    assertThat(metadata.has("deletionTimestamp")).isTrue();
    assertThat(metadata.has("deletionGracePeriodSeconds")).isFalse();
    assertThat(metadata.strings("finalizers")).isEqualTo(List.of("foregroundDeletion"));
    assertThat(first.tree("status").string("phase")).isEqualTo("Terminating");
    assertThat(delete("marked", "{propagationPolicy: Orphan}").body()).isEqualTo(first);
  }

  @Test
  void finalizing_ends_a_namespace_that_is_going_also_when_it_changes_nothing() throws Exception {
    namespace("early");
    finalize("early", "");
    assertThat(delete("early", "").body().tree("status").string("phase")).isEqualTo("Terminating");
    assertThat(finalize("early", "").status()).isEqualTo(200);
    assertThat(api.get(NAMESPACES + "/early").status()).isEqualTo(404);
  }

  @Test
  void a_namespace_without_finalizers_goes_with_the_second_deletion() throws Exception {
    namespace("twice");
    finalize("twice", "");
    delete("twice", "");
    assertThat(api.get(NAMESPACES + "/twice").status()).isEqualTo(200);
    delete("twice", "");
    assertThat(api.get(NAMESPACES + "/twice").status()).isEqualTo(404);
  }

  @Test
  void preconditions_are_told_in_words_of_their_own() throws Exception {
    namespace("kept");
    assertThat(delete("kept", "{preconditions: {uid: x}}").message())
        .startsWith("Operation cannot be fulfilled on namespaces \"kept\": Precondition failed: UID in precondition: x, UID in object meta: ");
    assertThat(delete("kept", "{preconditions: {resourceVersion: '1'}}").message())
        .contains("Precondition failed: ResourceVersion in precondition: 1, ResourceVersion in object meta: ");
  }

  @Test
  void nothing_is_created_in_a_namespace_that_is_going_tokens_neither() throws Exception {
    namespace("going");
    delete("going", "");
    for (String path : new String[] {"/configmaps", "/serviceaccounts/default/token"}) {
      assertThat(api.post(NAMESPACES + "/going" + path, "{metadata: {name: default}}").message())
          .endsWith("\"default\" is forbidden: unable to create new content in namespace going because it is being terminated");
      assertThat(api.post(NAMESPACES + "/nowhere" + path, "{metadata: {name: default}}").message())
          .isEqualTo("namespaces \"nowhere\" not found");
    }
  }
}
