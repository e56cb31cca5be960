package io.kubrig.apiserver.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The stable and beta metrics of kube-apiserver as requests make them: names, labels, what is promised of them. */
class ServerMetricsTest {
  private static LiveApi api;

  @BeforeAll
  static void start() throws Exception {
    api = new LiveApi();
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  @Test
  void admission_is_timed_by_plugin_and_step_and_says_what_was_refused() throws Exception {
    api.create("/api/v1/namespaces/default/configmaps", "{metadata: {name: a}}");
    api.post("/api/v1/namespaces/nowhere/configmaps", "{metadata: {name: a}}");
    assertThat(api.metrics())
        .contains(
            "# HELP apiserver_admission_controller_admission_duration_seconds [STABLE] Admission controller latency histogram in seconds, ",
            "apiserver_admission_controller_admission_duration_seconds_count{name=\"NamespaceLifecycle\",operation=\"CREATE\","
                + "rejected=\"true\",type=\"admit\"} 1\n",
            "apiserver_admission_controller_admission_duration_seconds_bucket{name=\"ResourceQuota\",operation=\"CREATE\","
                + "rejected=\"false\",type=\"validate\",le=\"2.5\"} ",
            "apiserver_admission_step_admission_duration_seconds_count{operation=\"CREATE\",rejected=\"true\",type=\"admit\"} 1\n");
  }

  @Test
  void plugins_are_only_asked_for_what_they_could_do() throws Exception {
    api.create("/api/v1/namespaces/default/configmaps", "{metadata: {name: b}}");
    api.send("DELETE", "/api/v1/namespaces/default/configmaps/b", "");
    assertThat(api.metrics())
        .doesNotContain("{name=\"LimitRanger\",operation=\"DELETE\"", "{name=\"PodSecurity\",operation=\"CREATE\",rejected=\"false\",type=\"admit\"");
  }

  @Test
  void requests_for_deprecated_versions_are_told() throws Exception {
    api.get("/api/v1/namespaces/default/endpoints");
    assertThat(api.metrics())
        .contains(
            "apiserver_requested_deprecated_apis{group=\"\",removed_release=\"\",resource=\"endpoints\",subresource=\"\",version=\"v1\"} 1\n");
  }
}
