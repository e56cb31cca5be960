package io.kubrig.apiserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import java.util.Optional;
import org.junit.jupiter.params.provider.ValueSource;

class UrlFuzz {

  @ValueSource(
      strings = {"/api/v1/namespaces/n/pods/p/log?container=c&follow=true", "/apis/apps/v1/watch/namespaces/n/deployments",
          "/api/v1/%2e%2e/%2f", "/api/v1/namespaces//pods", "/api/v1/proxy/nodes/n", "/apis/a/b/c?fieldSelector=metadata.name%3D..%2Fx",
          "/api/v1/%zz", "?a;b=c&%zz=1"})
  @FuzzTest
  void a_url_is_understood_or_refused(@NotNull String url) {
    int mark = url.indexOf('?');
    Query query = Query.parse(mark < 0 ? "" : url.substring(mark + 1));
    Optional<String> path = Paths.decode(mark < 0 ? url : url.substring(0, mark));
    if (path.isEmpty()) {
      return;
    }
    for (String method : new String[] {"GET", "POST", "DELETE"}) {
      try {
        RequestInfo info = RequestInfo.of(method, path.get(), query);
        assertThat(info.path()).isEqualTo(path.get());
        assertThat(info.name()).doesNotContain("/");
        assertThat(info.namespace()).doesNotContain("/");
      } catch (RequestInfo.Unresolved refused) {
        // documented
      }
    }
  }
}
