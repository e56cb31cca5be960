package io.kubrig.e2e.stories;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.kubrig.e2e.Kubrig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * All recorded stories of the native controllers, invariants included, told by our controllers on virtual time; and told again while a
 * part of the controllers' requests goes wrong.
 *
 * <p>{@code -Dstories=deployment,job/backoff*} tells some, by controller or by {@code controller/name}. {@code -Dseed=S} lets other
 * requests go wrong, {@code -Dshare=0.2} more of them.
 */
class ControllerStoriesIT {
  private static final Set<String> ALWAYS_ON = Set.of("StorageVersionMigrator", "DRADeviceTaintRules");
  private static final String CHOSEN = System.getProperty("stories", "");
  private static final double SHARE = Double.parseDouble(System.getProperty("share", "0.1"));
  private static final long SEED = Long.getLong("seed", 1);

  /** Those whose controllers speak with the server in ways that the sweep over a server in memory ({@code operators}) does not know. */
  private static final String DISTURBED = "attach-detach,bootstrap-token,certificatesigningrequest,device-taint-eviction,garbage-collector,"
      + "horizontal-pod-autoscaler,namespace,resourcequota,service-cidr,serviceaccount,storage-version-migrator,"
      + "validatingadmissionpolicy-status,volumeattributesclass-protection";

  /**
   * How many pods have failed by the time at which the job does is a matter of time. An autoscaler knows by heart, as natively, how much it
   * has scaled lately: what it does not know that it did does not count.
   */
  private static final Set<String> HASTY = Set.of("job/max-failed-indexes", "horizontal-pod-autoscaler/policy-percent-min",
      "horizontal-pod-autoscaler/policy-pods", "horizontal-pod-autoscaler/default-scale-up-limit",
      "horizontal-pod-autoscaler/scale-down-stabilized");

  /** One test per controller; a failure tells all of its stories that went otherwise. */
  @TestFactory
  Stream<DynamicTest> every_story_goes_as_it_was_recorded() throws IOException {
    return tests(CHOSEN.isEmpty() ? "*" : CHOSEN, Set.of(), Disturbance.NONE);
  }

  @TestFactory
  Stream<DynamicTest> stories_end_as_they_were_recorded_whatever_goes_wrong_on_the_way() throws IOException {
    return tests(CHOSEN.isEmpty() ? DISTURBED : CHOSEN, HASTY, new Disturbance(SEED, SHARE));
  }

  private static Stream<DynamicTest> tests(String chosen, Set<String> omitted, Disturbance disturbance) throws IOException {
    TreeMap<String, List<JsonNode>> topics = new TreeMap<>();
    for (JsonNode story : stories(chosen)) {
      if (!omitted.contains(name(story))) {
        topics.computeIfAbsent(story.path("controller").asText(), t -> new ArrayList<>()).add(story);
      }
    }
    assertThat(topics).as("stories that match %s", chosen).isNotEmpty();
    return topics.entrySet().stream()
        .map(topic -> DynamicTest.dynamicTest(topic.getKey(), () -> tell(topic.getKey(), topic.getValue(), disturbance)));
  }

  private static List<JsonNode> stories(String chosen) throws IOException {
    Path cases = Kubrig.file("src/test/resources/conformance/controllers/cases");
    try (Stream<Path> files = Files.walk(cases)) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().map(ControllerStoriesIT::read)
          .filter(story -> Stream.of(chosen.split(",")).map(glob -> glob.contains("/") ? glob : glob + "/*")
              .anyMatch(glob -> Glob.matches(glob, name(story)))).toList();
    }
  }

  private static JsonNode read(Path file) {
    try {
      return Json.parse(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String name(JsonNode story) {
    return story.path("controller").asText() + "/" + story.path("name").asText();
  }

  private static Set<String> gates(JsonNode story) {
    Set<String> gates = new TreeSet<>();
    story.path("requires").forEach(gate -> gates.add(gate.asText()));
    gates.removeAll(ALWAYS_ON);
    return gates;
  }

  /** Stories of one controller share clusters, one for each set of feature gates. */
  private static void tell(String topic, List<JsonNode> stories, Disturbance disturbance) throws InterruptedException {
    List<String> failures = new ArrayList<>();
    long begin = System.nanoTime();
    for (Set<String> gates : new LinkedHashSet<>(stories.stream().map(ControllerStoriesIT::gates).toList())) {
      List<JsonNode> together = stories.stream().filter(story -> gates(story).equals(gates)).toList();
      try (StoryCluster cluster = new StoryCluster(gates, together.stream().anyMatch(story -> story.has("fixtures")))) {
        for (int i = 0; i < together.size(); i++) {
          tell(new StoryTeller(cluster, together.get(i), "st%03dx".formatted(i), disturbance), name(together.get(i)), failures);
        }
      }
    }
    System.out.printf("%sstories of %s: %d told as recorded, %d otherwise, %d ms%n", disturbance.isNone() ? "" : "disturbed ", topic,
        stories.size() - failures.size(), failures.size(), (System.nanoTime() - begin) / 1_000_000);
    assertThat(failures).as("seed %d", disturbance.seed()).isEmpty();
  }

  private static void tell(StoryTeller teller, String name, List<String> failures) {
    try {
      teller.tell();
    } catch (RuntimeException e) {
      failures.add(name + ": " + (e instanceof StoryException ? e.getMessage() : e.toString()));
      System.out.println(failures.getLast());
    }
  }
}
