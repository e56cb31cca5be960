package io.kubrig.operators.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.kubrig.operators.daemonset.DaemonSetController;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Objects;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** What a daemon set does when someone else meddles with its revisions. */
class DaemonHistoryWorldTest {
  /** A set whose revisions are meddled with once, when time passes. */
  private static final class Meddled implements Story {
    private final Consumer<MemoryServer> meddling;
    private final Consumer<MemoryServer> end;
    private boolean meddled;

    Meddled(Consumer<MemoryServer> meddling, Consumer<MemoryServer> end) {
      this.meddling = meddling;
      this.end = end;
    }

    @Override
    public List<Function<ControllerContext, Controller>> controllers() {
      return List.of(DaemonSetController::new);
    }

    @Override
    public void begin(MemoryServer server) {
      server.create(Objects.parse("""
          {"metadata": {"name": "agent", "namespace": "ns"}, "spec": {"selector": {"matchLabels": {"app": "agent"}}, "template":
           {"metadata": {"labels": {"app": "agent"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}}}}
          """, DaemonSet.class));
    }

    @Override
    public void act(MemoryServer server, RandomGenerator random) {}

    @Override
    public void tick(MemoryServer server, Instant now) {
      if (!meddled && !server.list(ControllerRevision.class).isEmpty()) {
        meddled = true;
        meddling.accept(server);
      }
    }

    @Override
    public void saw(MemoryServer server, MemoryServer.Change change) {}

    @Override
    public void settled(MemoryServer server) {
      assertThat(meddled).isTrue();
      end.accept(server);
    }
  }

  private static void tell(Consumer<MemoryServer> meddling, Consumer<MemoryServer> end) throws InterruptedException {
    new World(new Meddled(meddling, end), 1, 0).tell(0);
  }

  private static ControllerRevision only(MemoryServer server) {
    assertThat(server.list(ControllerRevision.class)).hasSize(1);
    return server.list(ControllerRevision.class).getFirst();
  }

  @Test
  void a_revision_that_is_deleted_comes_back() throws InterruptedException {
    tell(server -> server.delete(only(server), Map.of(), true),
        server -> assertThat(Objects.controllerOf(only(server)).map(OwnerReference::getName)).contains("agent"));
  }

  @Test
  void a_revision_that_is_no_longer_selected_is_released() throws InterruptedException {
    tell(server -> server.patch(only(server), "{\"metadata\": {\"labels\": {\"app\": \"other\"}}}", MemoryServer.Patch.STRATEGIC, false),
        server -> assertThat(Objects.controllerOf(only(server))).isEmpty());
  }
}
