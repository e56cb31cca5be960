package io.kubrig.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.kubrig.machinery.clock.VirtualClock;
import io.kubrig.scheduler.simulation.MemoryCluster;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ReloadEventsTest {
  private static final Optional<ObjectReference> LEASE = Optional.of(ReloadEvents.lease("kube-system", "kube-scheduler"));
  private final VirtualClock clock = new VirtualClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final MemoryCluster cluster = new MemoryCluster(clock);

  private Event event(Map<String, String> environment, Optional<String> failure) {
    new ReloadEvents(cluster, clock, ReloadEvents.subject(environment, LEASE), "kube-scheduler", "kube-scheduler-host").tell(failure);
    return cluster.list(Event.class).getFirst();
  }

  @Test
  void are_about_the_schedulers_own_pod_where_it_knows_it() {
    Event e = event(Map.of("POD_NAME", "scheduler-1", "POD_NAMESPACE", "kubrig", "POD_UID", "u1"), Optional.empty());
    assertThat(e.getRegarding()).satisfies(r -> {
      assertThat(r.getKind()).isEqualTo("Pod");
      assertThat(r.getName()).isEqualTo("scheduler-1");
      assertThat(r.getUid()).isEqualTo("u1");
    });
    assertThat(e.getMetadata().getNamespace()).isEqualTo("kubrig");
    assertThat(e.getType() + " " + e.getReason() + ": " + e.getNote()).isEqualTo("Normal PluginsReloaded: The plugins were loaded anew");
  }

  @Test
  void are_about_its_lease_otherwise_and_tell_what_went_wrong() {
    Event e = event(Map.of(), Optional.of("a.jar has no plugins"));
    assertThat(e.getRegarding().getKind() + " " + e.getRegarding().getName()).isEqualTo("Lease kube-scheduler");
    assertThat(e.getType() + " " + e.getReason() + ": " + e.getNote()).isEqualTo(
        "Warning PluginReloadFailed: The plugins could not be loaded anew, the former ones stay in use: a.jar has no plugins");
  }

  @Test
  void are_not_told_where_there_is_nobody_to_tell_of() {
    new ReloadEvents(cluster, clock, ReloadEvents.subject(Map.of(), Optional.empty()), "kube-scheduler", "host").tell(Optional.empty());
    assertThat(cluster.list(Event.class)).isEmpty();
  }
}
