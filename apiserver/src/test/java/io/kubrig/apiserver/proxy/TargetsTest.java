package io.kubrig.apiserver.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.apiserver.authz.FakeObjects;
import io.kubrig.apiserver.http.Query;
import io.kubrig.apiserver.rest.Target;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.tree.Tree;
import io.kubrig.machinery.yaml.Yaml;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where connections lead, and what is said when they lead nowhere. */
class TargetsTest {
  private final FakeObjects objects = new FakeObjects();

  private Backend service(String name) throws IOException {
    return new ServiceTargets(objects, new Random(1)).service(new Target(null, "v1", "proxy", "ns", name));
  }

  private void put(String resource, String yaml) {
    objects.put("", resource, Yaml.readTree(yaml));
  }

  private void serviceOfPod(String podIp) {
    put("services", "{metadata: {name: s, namespace: ns}, spec: {ports: [{name: web, port: 80}]}}");
    put("pods", "{metadata: {name: p, namespace: ns}, status: {podIPs: [{ip: " + podIp + "}]}}");
    put("endpoints", "{metadata: {name: s, namespace: ns}, subsets: [{addresses: [{ip: 10.0.0.5,"
        + " targetRef: {kind: Pod, namespace: ns, name: p}}], ports: [{name: web, port: 8080}]}]}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"s:80", "s:web", "https:s:web"})
  void a_service_leads_to_a_pod_behind_it(String name) throws IOException {
    serviceOfPod("10.0.0.5");
    assertThat(service(name).authority()).isEqualTo("10.0.0.5:8080");
  }

  @Test
  void addresses_that_are_no_pods_are_not_proxied_to() {
    serviceOfPod("10.0.0.6");
    assertThatThrownBy(() -> service("s:web")).hasMessage("no endpoints available for service \"s:web\"");
  }

  @Test
  void a_service_without_endpoints_is_not_found() {
    put("services", "{metadata: {name: s, namespace: ns}, spec: {ports: [{port: 80}]}}");
    assertThatThrownBy(() -> service("s")).hasMessage("services \"s\" not found");
    assertThatThrownBy(() -> service("s:99")).hasMessage("no service port 99 found for service \"s\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a:b:c:d", "ftp:s:80", ":80", "http::80"})
  void odd_names_are_refused(String name) {
    assertThatThrownBy(() -> TargetName.of(name, "service")).hasMessage("invalid service request \"" + name + "\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "127.0.0.1", "169.254.1.1", "224.0.0.1", "0.0.0.0", "::1"})
  void hosts_of_the_server_itself_are_not_proxied_to(String host) {
    assertThatThrownBy(() -> ProxyableAddress.check(host)).isInstanceOf(ApiException.class).hasMessage("address not allowed");
  }

  @Test
  void the_containers_to_choose_from_are_listed_in_the_order_of_their_start() {
    Tree pod = Yaml.readTree("{metadata: {name: p}, spec: {initContainers: [{name: i}], containers: [{name: c}, {name: d}],"
        + " ephemeralContainers: [{name: e}]}}");
    assertThatThrownBy(() -> PodContainer.of(pod, ""))
        .hasMessage("a container name must be specified for pod p, choose one of: [i c d e]");
    assertThat(PodContainer.of(pod, "e")).isEqualTo("e");
  }

  @Test
  void streams_of_a_log_cannot_be_chosen_and_times_must_be_times() {
    assertThatThrownBy(() -> LogOptions.validate(Query.parse("stream=Stdout"), "p"))
        .hasMessage("PodLogOptions \"p\" is invalid: stream: Forbidden: may not be specified");
    assertThatThrownBy(() -> LogOptions.validate(Query.parse("sinceTime=yesterday"), "p")).hasMessageStartingWith("parsing time");
    assertThatThrownBy(() -> LogOptions.validate(Query.parse("tailLines="), "p")).isInstanceOf(ApiException.class);
  }
}
