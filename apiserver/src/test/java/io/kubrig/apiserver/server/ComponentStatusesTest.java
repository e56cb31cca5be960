package io.kubrig.apiserver.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.kubrig.machinery.tree.Tree;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ComponentStatusesTest {
  private static Tree condition(Tree status) {
    return status.trees("conditions").getFirst();
  }

  @Test
  void the_storage_is_healthy_when_nothing_troubles_it() {
    assertThat(condition(new ComponentStatuses(List::of, Map.of()).get("etcd-0").orElseThrow()))
        .isEqualTo(Tree.of("type", "Healthy", "status", "True", "message", "ok"));
    assertThat(condition(new ComponentStatuses(() -> List.of("no space"), Map.of()).get("etcd-0").orElseThrow()))
        .isEqualTo(Tree.of("type", "Healthy", "status", "False", "error", "no space"));
  }

  @Test
  void a_component_is_asked_for_its_health() throws Exception {
    HttpServer component = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    int[] code = {200};
    component.createContext("/healthz", exchange -> {
      exchange.sendResponseHeaders(code[0], 2);
      exchange.getResponseBody().write(new byte[] {'o', 'k'});
      exchange.close();
    });
    component.start();
    URI address = URI.create("http://127.0.0.1:" + component.getAddress().getPort() + "/healthz");
    ComponentStatuses statuses = new ComponentStatuses(List::of, Map.of("scheduler", address));
    assertThat(condition(statuses.get("scheduler").orElseThrow())).isEqualTo(Tree.of("type", "Healthy", "status", "True", "message", "ok"));
    code[0] = 500;
    assertThat(condition(statuses.get("scheduler").orElseThrow()).string("message")).isEqualTo("HTTP probe failed with statuscode: 500");
    component.stop(0);
    assertThat(condition(statuses.get("scheduler").orElseThrow()))
        .isEqualTo(
            Tree.of("type", "Healthy", "status", "False", "message",
                "Get \"" + address + "\": dial tcp 127.0.0.1:" + address.getPort() + ": connect: connection refused"));
  }

  @Test
  void the_server_lists_and_shows_them() throws Exception {
    try (LiveApi api = new LiveApi()) {
      Tree list = api.get("/api/v1/componentstatuses").body();
      assertThat(list.string("kind")).isEqualTo("ComponentStatusList");
      assertThat(list.trees("items")).extracting(item -> item.tree("metadata").string("name"))
          .containsExactly("controller-manager", "etcd-0", "scheduler");
      assertThat(api.get("/api/v1/componentstatuses/etcd-0").body().string("kind")).isEqualTo("ComponentStatus");
      assertThat(api.get("/api/v1/componentstatuses/x").message()).isEqualTo("componentstatus \"x\" not found");
      assertThat(api.get("/api/v1/componentstatuses?fieldSelector=metadata.name=etcd-0").body().trees("items")).hasSize(1);
    }
  }
}
