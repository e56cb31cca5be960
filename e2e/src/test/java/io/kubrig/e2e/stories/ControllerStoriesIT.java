package io.kubrig.e2e.stories;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * All recorded stories of the native controllers, invariants included, told by our controllers on virtual time.
 *
 * <p>{@code -Dstories=deployment,job/backoff*} tells some, by controller or by {@code controller/name}.
 */
class ControllerStoriesIT {
  private static final Set<String> ALWAYS_ON = Set.of("StorageVersionMigrator", "DRADeviceTaintRules");
  private static final String CHOSEN = System.getProperty("stories", "*");

  /** One test per controller; a failure tells all of its stories that went otherwise. */
  @TestFactory
  Stream<DynamicTest> every_story_goes_as_it_was_recorded() throws IOException {
    TreeMap<String, List<JsonNode>> topics = new TreeMap<>();
    for (JsonNode story : stories()) {
      topics.computeIfAbsent(story.path("controller").asText(), t -> new ArrayList<>()).add(story);
    }
    assertThat(topics).as("stories that match %s", CHOSEN).isNotEmpty();
    return topics.entrySet().stream().map(topic -> DynamicTest.dynamicTest(topic.getKey(), () -> tell(topic.getKey(), topic.getValue())));
  }

  private static List<JsonNode> stories() throws IOException {
    Path cases = io.kubrig.e2e.Kubrig.file("src/test/resources/conformance/controllers/cases");
    try (Stream<Path> files = Files.walk(cases)) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().map(ControllerStoriesIT::read)
          .filter(story -> Stream.of(CHOSEN.split(",")).map(glob -> glob.contains("/") ? glob : glob + "/*")
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
  private static void tell(String topic, List<JsonNode> stories) throws InterruptedException {
    List<String> failures = new ArrayList<>();
    long begin = System.nanoTime();
    for (Set<String> gates : new java.util.LinkedHashSet<>(stories.stream().map(ControllerStoriesIT::gates).toList())) {
      List<JsonNode> together = stories.stream().filter(story -> gates(story).equals(gates)).toList();
      try (StoryCluster cluster = new StoryCluster(gates, together.stream().anyMatch(story -> story.has("fixtures")))) {
        for (int i = 0; i < together.size(); i++) {
          tell(cluster, together.get(i), "st%03dx".formatted(i), failures);
        }
      }
    }
    System.out.printf("stories of %s: %d told as recorded, %d otherwise, %d ms%n", topic, stories.size() - failures.size(), failures.size(),
        (System.nanoTime() - begin) / 1_000_000);
    assertThat(failures).isEmpty();
  }

  private static void tell(StoryCluster cluster, JsonNode story, String namespace, List<String> failures) {
    try {
      new StoryTeller(cluster, story, namespace).tell();
    } catch (RuntimeException e) {
      failures.add(name(story) + ": " + (e instanceof StoryException ? e.getMessage() : e.toString()));
      System.out.println(failures.getLast());
    }
  }
}
