package io.kubrig.apiserver.storage.etcd;

import io.kubrig.apiserver.storage.AtRest;
import io.kubrig.apiserver.storage.RandomTraffic;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.metrics.KubernetesRegistry;
import io.kubrig.schemas.KubernetesSchemas;
import io.micrometer.core.instrument.Tags;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The same traffic and the same check as over the storages of this server's own, over a real etcd. */
@Timeout(120)
class EtcdHistoryTest {
  private static final int OPERATIONS = 150;

  @TempDir Path directory;

  @Test
  void etcd_storage_is_linearizable_and_its_watches_are_complete() throws Exception {
    try (EtcdProcess etcd = EtcdProcess.start(directory)) {
      EtcdSettings settings =
          new EtcdSettings(EtcdSettings.servers(List.of(etcd.url())), "/registry", Optional.empty(), Optional.empty(), Optional.empty(),
              Duration.ZERO, Duration.ofSeconds(2), Duration.ofSeconds(60));
      EtcdMetrics metrics = new EtcdMetrics(new KubernetesRegistry(), Clock.system(), key -> Tags.of("group", "", "resource", "any"));
      EtcdValues values = new EtcdValues(KubernetesSchemas.load(), EtcdValues.Encoding.PROTOBUF);
      try (EtcdStorage storage = EtcdStorage.open(settings, values, AtRest.PLAIN, Clock.system(), metrics)) {
        RandomTraffic.check(storage, RandomTraffic.seed("EtcdHistoryTest"), OPERATIONS);
      }
    }
  }
}
