package io.kubrig.apiserver.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.machinery.clock.VirtualClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExpirySweepTest {
  private static final byte[] EVENT =
      "{\"kind\":\"Event\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"e\"}}".getBytes(StandardCharsets.UTF_8);

  private final VirtualClock clock = new VirtualClock(Instant.EPOCH);
  private final MemoryStorage storage = new MemoryStorage(clock);

  private void put(String key, long expected, Instant expires) throws InterruptedException {
    storage.commit(new Write.Put(key, expected, EVENT, expires, null));
  }

  private boolean isThere(String key) {
    return storage.keyspace().current().get(key).isPresent();
  }

  @Test
  void an_event_goes_when_its_hour_is_over_and_others_stay() throws Exception {
    put("/registry/events/default/e", 0, clock.now().plus(Duration.ofHours(1)));
    put("/registry/events/default/kept", 0, clock.now().plus(Duration.ofHours(2)));
    put("/registry/configmaps/default/c", 0, null);
    try (ExpirySweep sweep = ExpirySweep.start(storage, clock, List.of("/registry/events/"))) {
      clock.advance(Duration.ofMinutes(59));
      assertThat(isThere("/registry/events/default/e")).isTrue();
      clock.advance(Duration.ofMinutes(2));
      assertThat(isThere("/registry/events/default/e")).isFalse();
      assertThat(isThere("/registry/events/default/kept")).isTrue();
      assertThat(isThere("/registry/configmaps/default/c")).isTrue();
    }
  }

  @Test
  void an_event_that_happens_again_lives_on() throws Exception {
    put("/registry/events/default/e", 0, clock.now().plus(Duration.ofHours(1)));
    try (ExpirySweep sweep = ExpirySweep.start(storage, clock, List.of("/registry/events/"))) {
      clock.advance(Duration.ofMinutes(50));
      long revision = storage.keyspace().current().get("/registry/events/default/e").orElseThrow().modified();
      put("/registry/events/default/e", revision, clock.now().plus(Duration.ofHours(1)));
      clock.advance(Duration.ofMinutes(50));
      assertThat(isThere("/registry/events/default/e")).isTrue();
      clock.advance(Duration.ofMinutes(11));
      assertThat(isThere("/registry/events/default/e")).isFalse();
    }
  }
}
