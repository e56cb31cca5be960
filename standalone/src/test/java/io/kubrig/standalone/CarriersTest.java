package io.kubrig.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.apiserver.http.ServerOptions;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class CarriersTest {
  @Test
  void there_are_more_carriers_than_event_loops_commit_loop_and_clock_together() {
    int processors = Runtime.getRuntime().availableProcessors();
    int loops = ServerOptions.on(InetSocketAddress.createUnresolved("localhost", 0)).ioThreads();
    assertThat(Carriers.of(processors)).isGreaterThan(loops + 2);
    assertThat(Carriers.of(1)).isGreaterThan(3);
  }
}
