package io.kubrig.apiserver.flowcontrol;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.apiserver.authn.UserInfo;
import io.kubrig.apiserver.flowcontrol.FlowControl.Seat;
import io.kubrig.apiserver.http.Query;
import io.kubrig.apiserver.http.RequestInfo;
import io.kubrig.machinery.clock.VirtualClock;
import io.kubrig.machinery.metrics.KubernetesRegistry;
import io.kubrig.machinery.tree.Tree;
import io.kubrig.machinery.yaml.Yaml;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PriorityAndFairnessTest {
  private static final Query NO_QUERY = Query.parse("");

  private final KubernetesRegistry registry = new KubernetesRegistry();
  private final VirtualClock clock = new VirtualClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final PriorityAndFairness control =
      new PriorityAndFairness(600, Duration.ofSeconds(15), (info, query) -> Work.ONE, clock, registry);

  private static RequestInfo request(String method, String path) throws RequestInfo.Unresolved {
    return RequestInfo.of(method, path, NO_QUERY);
  }

  private static Tree schema(String name, String level, int precedence, String rules) {
    return Yaml.readTree(
        "{metadata: {name: " + name + ", uid: uid-" + name + "}, spec: {priorityLevelConfiguration: {name: " + level
            + "}, matchingPrecedence: " + precedence
            + ", distinguisherMethod: {type: ByUser}, rules: [" + rules + "]}}");
  }

  private static Tree level(String name, int shares, String response) {
    return Yaml.readTree(
        "{metadata: {name: " + name + ", uid: uid-" + name + "}, spec: {type: Limited, limited: {nominalConcurrencyShares: " + shares
            + ", limitResponse: " + response
            + "}}}");
  }

  private String classOf(UserInfo user, String method, String path) throws RequestInfo.Unresolved {
    try (Seat seat = control.seat(user, request(method, path), NO_QUERY)) {
      return seat.headers().value("X-Kubernetes-PF-FlowSchema-UID") + "/" + seat.headers().value("X-Kubernetes-PF-PriorityLevel-UID");
    }
  }

  @Test
  void the_first_schema_that_matches_classifies() throws Exception {
    control.putLevel(level("high", 40, "{type: Reject}"));
    control.putSchema(
        schema(
            "pods", "high", 100,
            "{subjects: [{kind: Group, group: {name: dev}}], resourceRules: [{verbs: [get], apiGroups: [''], resources: [pods], "
                + "namespaces: [a]}]}"));
    control.putSchema(
        schema(
            "account", "high", 200,
            "{subjects: [{kind: ServiceAccount, serviceAccount: {namespace: kube-system, name: '*'}}],"
                + " resourceRules: [{verbs: ['*'], apiGroups: ['*'], resources: ['*'], clusterScope: true, namespaces: ['*']}],"
                + " nonResourceRules: [{verbs: [get], nonResourceURLs: [/healthz/*]}]}"));
    UserInfo dev = UserInfo.of("jane", "dev", "system:authenticated");
    UserInfo account = UserInfo.of("system:serviceaccount:kube-system:x", "system:serviceaccounts", "system:authenticated");
    assertThat(classOf(dev, "GET", "/api/v1/namespaces/a/pods/p")).isEqualTo("uid-pods/uid-high");
    assertThat(classOf(dev, "GET", "/api/v1/namespaces/b/pods/p")).as("catch-all, which is not stored").isEqualTo("/");
    assertThat(classOf(dev, "GET", "/api/v1/namespaces/a/pods/p/status")).isEqualTo("/");
    assertThat(classOf(account, "POST", "/api/v1/nodes")).isEqualTo("uid-account/uid-high");
    assertThat(classOf(account, "GET", "/healthz/ping")).isEqualTo("uid-account/uid-high");
    assertThat(classOf(account, "GET", "/healthz")).isEqualTo("/");
    control.removeSchema(schema("pods", "high", 100, ""));
    assertThat(classOf(dev, "GET", "/api/v1/namespaces/a/pods/p")).isEqualTo("/");
  }

  @Test
  void a_schema_whose_level_does_not_exist_is_passed_over() throws Exception {
    control.putSchema(schema("x", "nowhere", 1,
        "{subjects: [{kind: User, user: {name: '*'}}], nonResourceRules: [{verbs: ['*'], nonResourceURLs: ['*']}]}"));
    assertThat(classOf(UserInfo.of("u", "system:authenticated"), "GET", "/version")).isEqualTo("/");
    control.putLevel(level("nowhere", 1, "{type: Reject}"));
    assertThat(classOf(UserInfo.of("u", "system:authenticated"), "GET", "/version")).isEqualTo("uid-x/uid-nowhere");
  }

  @Test
  void a_level_gets_its_share_of_seats_and_refuses_above() throws Exception {
    control.putLevel(level("small", 5, "{type: Reject}"));
    control.putSchema(schema("all", "small", 10,
        "{subjects: [{kind: User, user: {name: bob}}], nonResourceRules: [{verbs: ['*'], nonResourceURLs: ['*']}]}"));
    List<Seat> seats = new ArrayList<>();
    UserInfo bob = UserInfo.of("bob", "system:authenticated");
    for (int i = 0; i < 300; i++) {
      seats.add(control.seat(bob, request("GET", "/version"), NO_QUERY));
    }
    assertThat(seats).as("half of 600: catch-all has five shares too").allMatch(Seat::admitted);
    Seat refused = control.seat(bob, request("GET", "/version"), NO_QUERY);
    assertThat(refused.admitted()).isFalse();
    assertThat(refused.headers().value("X-Kubernetes-PF-PriorityLevel-UID")).isEqualTo("uid-small");
    assertThat(control.seat(UserInfo.of("admin", "system:masters"), request("GET", "/version"), NO_QUERY).admitted()).isTrue();
    String metrics = registry.scrape();
    assertThat(metrics)
        .contains("apiserver_flowcontrol_rejected_requests_total{flow_schema=\"all\",priority_level=\"small\",reason=\"concurrency-limit\"} 1")
        .contains("apiserver_flowcontrol_current_executing_requests{flow_schema=\"all\",priority_level=\"small\"} 300")
        .contains("apiserver_flowcontrol_nominal_limit_seats{priority_level=\"small\"} 300")
        .contains("apiserver_flowcontrol_dispatched_requests_total{flow_schema=\"all\",priority_level=\"small\"} 300");
    seats.forEach(Seat::close);
    seats.forEach(Seat::close);
    assertThat(control.seat(bob, request("GET", "/version"), NO_QUERY).admitted()).isTrue();
  }

  private List<Seat> taken(String name, int count) throws RequestInfo.Unresolved {
    List<Seat> seats = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Seat seat = control.seat(UserInfo.of(name, "system:authenticated"), request("GET", "/version"), NO_QUERY);
      if (seat.admitted()) {
        seats.add(seat);
      }
    }
    return seats;
  }

  /** Two levels of 240 seats beside the 120 of catch-all, of which one lends half of its own. */
  private void twoLevels(String borrowing) {
    control.putLevel(level("busy", 10, "{type: Reject}" + borrowing));
    control.putLevel(level("idle", 10, "{type: Reject}, lendablePercent: 50"));
    control.putSchema(schema("all", "busy", 10,
        "{subjects: [{kind: User, user: {name: bob}}], nonResourceRules: [{verbs: ['*'], nonResourceURLs: ['*']}]}"));
  }

  @Test
  void a_busy_level_borrows_what_an_idle_one_lends() throws Exception {
    twoLevels("");
    assertThat(taken("bob", 300)).hasSize(240);
    clock.advance(Duration.ofSeconds(10));
    control.lend();
    assertThat(taken("bob", 300)).as("of 600 seats 240 : 120 : 120 are wanted").hasSize(60);
    assertThat(registry.scrape())
        .contains("apiserver_flowcontrol_current_limit_seats{priority_level=\"busy\"} 300")
        .contains("apiserver_flowcontrol_current_limit_seats{priority_level=\"idle\"} 150")
        .contains("apiserver_flowcontrol_lower_limit_seats{priority_level=\"idle\"} 120")
        .contains("apiserver_flowcontrol_seat_fair_frac 1.25");
  }

  @Test
  void a_level_borrows_no_more_than_its_limit() throws Exception {
    twoLevels(", borrowingLimitPercent: 10");
    taken("bob", 300);
    clock.advance(Duration.ofSeconds(10));
    control.lend();
    assertThat(taken("bob", 300)).hasSize(24);
  }

  @Test
  void what_was_lent_comes_back_when_it_is_needed() throws Exception {
    twoLevels("");
    List<Seat> seats = taken("bob", 240);
    clock.advance(Duration.ofSeconds(10));
    control.lend();
    seats.forEach(Seat::close);
    control.putSchema(schema("other", "idle", 5,
        "{subjects: [{kind: User, user: {name: eve}}], nonResourceRules: [{verbs: ['*'], nonResourceURLs: ['*']}]}"));
    assertThat(taken("eve", 300)).hasSize(150);
    clock.advance(Duration.ofSeconds(10));
    control.lend();
    assertThat(taken("eve", 300)).isNotEmpty();
  }

  @Test
  void what_lasts_is_not_limited_but_a_watch_is_classified() throws Exception {
    UserInfo user = UserInfo.of("u", "system:authenticated");
    assertThat(control.seat(user, request("GET", "/api/v1/namespaces/a/pods/p/exec"), NO_QUERY)).isSameAs(FlowControl.FREE);
    RequestInfo watch = RequestInfo.of("GET", "/api/v1/pods", Query.parse("watch=true"));
    assertThat(control.seat(user, watch, NO_QUERY)).isNotSameAs(FlowControl.FREE);
  }
}
