import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.kubrig.bench.SideBySide;
import java.util.HashMap;

/**
 * The benchmark against the Fabric8 mock server in CRUD mode, as {@code @EnableKubernetesMockClient(crud = true)} makes it. Run from its
 * source with a class path of its own: the mock server needs an older Netty.
 */
public final class MockServerRun {
  public static void main(String[] args) throws Exception {
    SideBySide.measure("mock", () -> {
      KubernetesMockServer server =
          new KubernetesMockServer(new Context(), new MockWebServer(), new HashMap<>(), new KubernetesCrudDispatcher(), true);
      server.init();
      return server.createClient();
    });
    System.exit(0);
  }
}
