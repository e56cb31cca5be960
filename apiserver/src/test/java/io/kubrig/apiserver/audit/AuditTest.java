package io.kubrig.apiserver.audit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.apiserver.authn.UserInfo;
import io.kubrig.apiserver.discovery.RecordedExchange;
import io.kubrig.apiserver.http.Headers;
import io.kubrig.apiserver.http.Query;
import io.kubrig.apiserver.http.RequestInfo;
import io.kubrig.machinery.clock.VirtualClock;
import io.kubrig.machinery.tree.Tree;
import io.kubrig.machinery.yaml.Yaml;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AuditTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private final List<Tree> noted = new ArrayList<>();

  private AuditEvent begin(String rules, String method, String path) throws RequestInfo.Unresolved {
    AuditPolicy policy = new AuditPolicy(Yaml.readTree("{apiVersion: audit.k8s.io/v1, kind: Policy, omitStages: [RequestReceived], rules: "
        + rules + "}"));
    AuditSink sink =
        new AuditSink() {
          @Override
          public void take(Tree event) {
            noted.add(event);
          }

          @Override
          public void close() {}
        };
    RequestInfo info = RequestInfo.of(method, path, Query.parse(""));
    return Audit.of(policy, List.of(sink), new VirtualClock(NOW))
        .begin(new RecordedExchange(method, path, new Headers()), info, UserInfo.of("alice", "dev"), NOW, "id");
  }

  private Tree only() {
    assertThat(noted).hasSize(1);
    return noted.getFirst();
  }

  @Test
  void notes_no_more_than_the_first_rule_that_fits_allows() throws RequestInfo.Unresolved {
    AuditEvent event = begin("[{level: Metadata, users: [alice]}, {level: RequestResponse}]", "POST", "/api/v1/namespaces/a/configmaps");
    event.requestObject(Tree.of("data", "secret"));
    event.objectName("m");
    event.complete(201);
    assertThat(only().has("requestObject")).isFalse();
    assertThat(only().tree("objectRef")).isEqualTo(Tree.of("resource", "configmaps", "namespace", "a", "name", "m", "apiVersion", "v1"));
    assertThat(only().tree("responseStatus").integer("code")).isEqualTo(201);
  }

  @Test
  void notes_patches_and_answers_where_it_is_told_to() throws RequestInfo.Unresolved {
    AuditEvent event = begin("[{level: RequestResponse}]", "PATCH", "/api/v1/namespaces/a/configmaps/m");
    event.patch("[{\"op\":\"remove\",\"path\":\"/data\"}]".getBytes(UTF_8));
    event.responseObject(Tree.of("kind", "ConfigMap"));
    event.complete(200);
    assertThat(only().trees("requestObject").getFirst().string("op")).isEqualTo("remove");
    assertThat(only().tree("responseObject").string("kind")).isEqualTo("ConfigMap");
  }

  @Test
  void notes_nothing_of_what_no_rule_fits() throws RequestInfo.Unresolved {
    begin("[{level: Metadata, users: [bob]}]", "GET", "/api/v1/namespaces/a/configmaps").complete(200);
    assertThat(noted).isEmpty();
  }

  @Test
  void refuses_a_policy_without_rules() {
    assertThatThrownBy(() -> new AuditPolicy(Yaml.readTree("{apiVersion: audit.k8s.io/v1, kind: Policy}")))
        .hasMessage("loaded illegal policy with 0 rules from file");
  }
}
