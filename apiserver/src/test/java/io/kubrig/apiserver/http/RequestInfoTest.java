package io.kubrig.apiserver.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestInfoTest {

  private static RequestInfo of(String method, String target) throws RequestInfo.Unresolved {
    int query = target.indexOf('?');
    String path = query < 0 ? target : target.substring(0, query);
    return RequestInfo.of(method, path, Query.parse(query < 0 ? "" : target.substring(query + 1)));
  }

  @ParameterizedTest
  @CsvSource(
      emptyValue = "",
      nullValues = "-",
      value = {
        // method, target, verb, group, namespace, resource, subresource, name
        "GET, /api/v1/namespaces, list, '', '', namespaces, '', ''",
        "GET, /api/v1/namespaces/other, get, '', other, namespaces, '', other",
        "GET, /api/v1/namespaces/other/status, get, '', other, namespaces, status, other",
        "GET, /api/v1/namespaces/other/pods, list, '', other, pods, '', ''",
        "GET, /api/v1/namespaces/other/pods/foo, get, '', other, pods, '', foo",
        "HEAD, /api/v1/namespaces/other/pods/foo, get, '', other, pods, '', foo",
        "GET, /api/v1/pods, list, '', '', pods, '', ''",
        "GET, /api/v1/pods?watch=1, watch, '', '', pods, '', ''",
        "GET, /api/v1/pods?watch=false, list, '', '', pods, '', ''",
        "GET, /api/v1/pods?fieldSelector=metadata.name%3Dfoo, list, '', '', pods, '', foo",
        "GET, /api/v1/watch/pods, watch, '', '', pods, '', ''",
        "GET, /api/v1/watch/namespaces/other/pods, watch, '', other, pods, '', ''",
        "GET, /api/v1/namespaces/other/pods/foo/log, get, '', other, pods, log, foo",
        "GET, /api/v1/namespaces/other/pods/foo/proxy/a/b, get, '', other, pods, proxy, foo",
        "POST, /apis/apps/v1/namespaces/other/deployments, create, apps, other, deployments, '', ''",
        "PUT, /apis/apps/v1/namespaces/other/deployments/d, update, apps, other, deployments, '', d",
        "PATCH, /apis/apps/v1/namespaces/other/deployments/d/scale, patch, apps, other, deployments, scale, d",
        "DELETE, /api/v1/namespaces/other/pods/foo, delete, '', other, pods, '', foo",
        "DELETE, /api/v1/namespaces/other/pods, deletecollection, '', other, pods, '', ''"
      })
  void resolves_resources(
      String method, String target, String verb, String group, String namespace, String resource, String subresource, String name)
      throws RequestInfo.Unresolved {
    RequestInfo info = of(method, target);
    assertThat(info.resource()).isTrue();
    assertThat(new String[] {info.verb(), info.group(), info.namespace(), info.resourceName(), info.subresource(), info.name()})
        .containsExactly(verb, group, namespace, resource, subresource, name);
  }

  @ParameterizedTest
  @CsvSource({"/", "/healthz", "/api", "/api/v1", "/apis", "/apis/apps", "/apis/apps/v1", "/openapi/v3/api/v1", "/api/"})
  void knows_what_is_no_resource(String path) throws RequestInfo.Unresolved {
    RequestInfo info = of("GET", path);
    assertThat(info.resource()).isFalse();
    assertThat(info.verb()).isEqualTo("get");
    assertThat(info.path()).isEqualTo(path);
  }

  @Test
  void refuses_a_special_verb_without_a_resource() {
    assertThatThrownBy(() -> of("GET", "/api/v1/watch")).hasMessageContaining("unable to determine kind and namespace from url");
  }

  @Test
  void parses_queries_as_go_does() {
    Query query = Query.parse("a=1&b=2+3&a=%34&broken=%zz&semi;colon=1&&flag&watch=true");
    assertThat(query.all("a")).containsExactly("1", "4");
    assertThat(query.value("b")).isEqualTo("2 3");
    assertThat(query.has("broken")).isFalse();
    assertThat(query.has("semi;colon")).isFalse();
    assertThat(query.flag("flag")).isTrue();
    assertThat(query.flag("watch")).isTrue();
    assertThat(query.flag("absent")).isFalse();
  }
}
