package io.kubrig.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ConfigMapList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The API server on embedded storage, killed in the middle of writing. */
class KillIT {
  private static final int ROUNDS = 5;
  private static final int WRITERS = 8;
  private static final int FEWEST_WRITES = 100;
  private static final int MORE_WRITES = 400;
  private static final String NAMESPACE = "default";

  /** What one writer was told about its objects: the last acknowledged state of each, and the one request whose answer never came. */
  private static final class Ledger {
    private final Map<String, Integer> acknowledged = new ConcurrentHashMap<>(); // a name's last value; DELETED when it is gone
    private volatile String unknown = ""; // the object of the request that got no answer
    private volatile long newestRevision;
    private volatile String refusal = "";
  }

  private static final int DELETED = -1;

  @Test
  void an_acknowledged_write_survives_every_kill() throws InterruptedException {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("KillIT -Dseed=" + seed);
    Random random = new Random(seed);
    Map<String, Integer> expected = new HashMap<>();
    int total = 0;
    try (ServerProcess server = new ServerProcess("kill", "embedded")) {
      server.start();
      for (int round = 0; round < ROUNDS; round++) {
        List<Ledger> ledgers = writeUntilKilled(server, round, FEWEST_WRITES + random.nextInt(MORE_WRITES));
        server.start();
        for (Ledger ledger : ledgers) {
          expected.putAll(ledger.acknowledged);
        }
        total += ledgers.stream().mapToInt(ledger -> ledger.acknowledged.size()).sum();
        try (KubernetesClient client = server.client()) {
          expected.putAll(verified(client, expected, ledgers));
        }
      }
    }
    System.out.println("KillIT: " + ROUNDS + " kills, objects with acknowledged writes: " + total + ", none lost");
  }

  private static List<Ledger> writeUntilKilled(ServerProcess server, int round, int writes) throws InterruptedException {
    CountDownLatch enough = new CountDownLatch(writes);
    List<Ledger> ledgers = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    try (KubernetesClient client = server.client()) {
      for (int writer = 0; writer < WRITERS; writer++) {
        Ledger ledger = new Ledger();
        String prefix = "r" + round + "-w" + writer + "-";
        ledgers.add(ledger);
        threads.add(Thread.ofVirtual().start(() -> write(client, prefix, ledger, enough)));
      }
      assertThat(enough.await(2, TimeUnit.MINUTES)).as("%d writes within two minutes", writes).isTrue();
      server.kill();
      for (Thread thread : threads) {
        thread.join();
      }
    }
    assertThat(ledgers).extracting(ledger -> ledger.refusal).as("writes that were refused").containsOnly("");
    return ledgers;
  }

  /** Creates, changes and deletes objects, one request after the other, until one gets no answer. */
  private static void write(KubernetesClient client, String prefix, Ledger ledger, CountDownLatch written) {
    for (int n = 0; ; n++) {
      String name = prefix + n;
      ledger.unknown = name;
      try {
        acknowledge(ledger, name, 1, client.configMaps().inNamespace(NAMESPACE).resource(map(name, 1)).create());
        written.countDown();
        acknowledge(ledger, name, 2, client.configMaps().inNamespace(NAMESPACE).resource(map(name, 2)).update());
        written.countDown();
        if (n % 3 == 0) {
          client.configMaps().inNamespace(NAMESPACE).withName(name).delete();
          ledger.acknowledged.put(name, DELETED);
          written.countDown();
        }
        ledger.unknown = "";
      } catch (KubernetesClientException e) {
        if (e.getCode() > 0) {
          ledger.refusal = e.getMessage(); // an answer, and not the one that was expected
        }
        return; // the server is gone
      }
    }
  }

  private static void acknowledge(Ledger ledger, String name, int value, ConfigMap answer) {
    ledger.acknowledged.put(name, value);
    ledger.newestRevision = Math.max(ledger.newestRevision, Long.parseLong(answer.getMetadata().getResourceVersion()));
  }

  private static ConfigMap map(String name, int value) {
    return new ConfigMapBuilder().withNewMetadata().withName(name).endMetadata().addToData("value", String.valueOf(value)).build();
  }

  /** Compares what is there with what was acknowledged; returns what became of the requests without an answer. */
  private static Map<String, Integer> verified(KubernetesClient client, Map<String, Integer> expected, List<Ledger> ledgers) {
    ConfigMapList list = client.configMaps().inNamespace(NAMESPACE).list();
    Map<String, Integer> found =
        list.getItems().stream()
            .filter(map -> map.getData() != null && map.getData().containsKey("value"))
            .collect(Collectors.toMap(map -> map.getMetadata().getName(), map -> Integer.parseInt(map.getData().get("value"))));
    Map<String, Integer> settled = new HashMap<>();
    ledgers.stream().map(ledger -> ledger.unknown).filter(name -> !name.isEmpty())
        .forEach(name -> settled.put(name, found.getOrDefault(name, DELETED)));
    List<String> lost = new ArrayList<>();
    expected.forEach(
        (name, value) -> {
          int now = found.getOrDefault(name, DELETED);
          boolean mayHaveMoved = settled.containsKey(name) && (now > value || now == DELETED && value == 2);
          if (now != value && !mayHaveMoved) {
            lost.add(name + ": acknowledged " + value + ", found " + now);
          }
        });
    assertThat(lost).as("acknowledged writes that are lost").isEmpty();
    assertThat(found.keySet()).as("objects that nobody wrote").allMatch(name -> expected.containsKey(name) || settled.containsKey(name));
    long newest = ledgers.stream().mapToLong(ledger -> ledger.newestRevision).max().orElse(0);
    assertThat(Long.parseLong(list.getMetadata().getResourceVersion())).as("revision after the restart").isGreaterThanOrEqualTo(newest);
    return settled;
  }
}
