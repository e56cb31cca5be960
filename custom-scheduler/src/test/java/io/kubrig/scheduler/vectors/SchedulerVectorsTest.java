package io.kubrig.scheduler.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.machinery.cel.CelProgram;
import io.kubrig.machinery.cel.DeviceSelector;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.scheduler.config.SchedulerConfiguration;
import io.kubrig.scheduler.cycle.Scheduler;
import io.kubrig.scheduler.extender.Extenders;
import io.kubrig.scheduler.metrics.SchedulerMetrics;
import io.kubrig.scheduler.plugins.BuiltinPlugins;
import io.kubrig.scheduler.simulation.MemoryCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every decision vector against the scheduler in process: outcomes, messages, events, nominations and each plugin's scores. */
class SchedulerVectorsTest {

  /** What the first expression costs must not count against the patience of a case. */
  @BeforeAll
  static void load_the_expression_language() throws DeviceSelector.InvalidSelectorException, CelProgram.EvaluationException {
    DeviceSelector.compile("device.driver == 'd'").matches(new DeviceSelector.Device("d", false, Map.of(), Map.of()));
  }

  @TestFactory
  Stream<DynamicTest> decides_as_native() throws IOException, URISyntaxException {
    Path dir = Path.of(SchedulerVectorsTest.class.getResource("/vectors").toURI());
    String only = System.getProperty("vectors", "");
    try (Stream<Path> files = Files.list(dir)) {
      return files.sorted().map(Vector::read).filter(v -> v.name().matches(".*(" + only + ").*") || v.group().equals(only)).toList()
          .stream()
          .map(v -> DynamicTest.dynamicTest(v.group() + ": " + v.name(), () -> check(v)));
    }
  }

  void check(Vector vector) throws InterruptedException {
    MemoryCluster cluster = new MemoryCluster(Clock.system());
    FakeExtenders extenders = new FakeExtenders(cluster, Vector.map(vector.json(), "extenders"));
    Map<String, Map<String, Map<String, Long>>> scores = new ConcurrentHashMap<>();
    SchedulerConfiguration configuration = SchedulerConfiguration.parse(
        configuration().replace("http://127.0.0.1:36600", extenders.address()));
    Scheduler scheduler = new Scheduler(configuration, new Scheduler.Parts(cluster, Clock.system(), new Random(7),
        BuiltinPlugins.registry(configuration), Extenders.of(configuration),
        (pod, plugin, node, score) -> scores.computeIfAbsent(pod.name(), p -> new ConcurrentHashMap<>())
            .computeIfAbsent(plugin, p -> new ConcurrentHashMap<>()).put(node, score),
        SchedulerMetrics.NONE, "test"));
    Thread loop = Thread.ofPlatform().start(() -> {
      try {
        scheduler.run();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    try {
      Checker checker = new Checker(cluster, extenders);
      Player player = new Player(cluster, vector);
      checker.setPlayer(player);
      player.play(checker);
      compareScores(vector, scores);
    } finally {
      scheduler.stop();
      loop.interrupt();
      loop.join();
      extenders.close();
    }
  }

  private static void compareScores(Vector vector, Map<String, Map<String, Map<String, Long>>> scores) {
    List<String> differences = new ArrayList<>();
    Vector.map(vector.json(), "scores").forEach((pod, s) -> Vector.map(Vector.map(s), "plugins").forEach((plugin, nodes) -> {
      Map<String, Long> want = new HashMap<>();
      Vector.map(nodes).forEach((n, v) -> want.put(n, ((Number) v).longValue()));
      Map<String, Long> got = scores.getOrDefault(pod, Map.of()).getOrDefault(plugin, Map.of());
      if (!want.equals(got)) {
        differences.add(pod + " " + plugin + ": expected " + want + ", got " + got);
      }
    }));
    assertThat(differences).isEmpty();
  }

  private static String configuration() {
    try (var in = SchedulerVectorsTest.class.getResourceAsStream("/all-profiles.yaml")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
