package io.kubrig.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Recorded conversations with the native API server, repeated against ours by the vectors' own program {@code replay}.
 *
 * <p>{@code conformance/passing.txt} holds the cases that pass, one {@code topic/name} a line: a case that is on the list and does not pass
 * is a regression and fails the build. {@code -Dconformance.record=true} writes the list anew, to be reviewed as a diff.
 *
 * <p>Cases that wait for informers or for time to pass are serial or slow; {@link #DEADLINE} bounds them all.
 */
class ConformanceIT {
  private static final Duration DEADLINE = Duration.ofMinutes(6);
  private static final int JOBS = 4;
  private static final int SECOND_CHANCES = 20;
  private static final Path VECTORS = Kubrig.file("src/test/resources/conformance/api");
  private static final Path PASSING = Kubrig.file("src/test/resources/conformance/passing.txt");
  private static final Pattern CASE = Pattern.compile("<testcase classname=\"([^\"]*)\" name=\"([^\"]*)\"[^>]*?(/>|>)");

  @Test
  void every_conversation_that_is_known_to_pass_still_passes() throws IOException {
    assumeTrue(Kubrig.missing("python3").findAny().isEmpty(), "python3 is not installed");
    try (ServerProcess server = new ServerProcess("conformance", "memory")) {
      server.start();
      SortedMap<String, Boolean> outcomes = replayed(server, JOBS, List.of());
      report(outcomes);
      if (Boolean.getBoolean("conformance.record")) {
        Files.write(PASSING, passed(outcomes));
        return;
      }
      TreeSet<String> regressions = new TreeSet<>(Files.readAllLines(PASSING));
      regressions.removeAll(passed(outcomes));
      if (!regressions.isEmpty()) {
        // some cases hang on times, which a loaded machine does not keep: those get a second chance, alone
        regressions.removeAll(passed(replayed(server, 1, regressions.stream().limit(SECOND_CHANCES).toList())));
      }
      assertThat(regressions).as("cases that passed when %s was recorded", PASSING.getFileName()).isEmpty();
    }
  }

  @Test
  void reads_writes_and_watches_pass_on_etcd_too() throws IOException {
    assumeTrue(Kubrig.missing("python3", "etcd").findAny().isEmpty(), "python3 or etcd is not installed");
    try (EtcdServer etcd = EtcdServer.start();
        ServerProcess server = new ServerProcess("conformance-etcd", "etcd", "--etcd-servers=" + etcd.url())) {
      server.start();
      List<String> topics = List.of("apply", "delete", "list-watch", "update");
      TreeSet<String> regressions = new TreeSet<>(Files.readAllLines(PASSING));
      regressions.removeIf(name -> !topics.contains(name.substring(0, name.indexOf('/'))));
      List<String> options = topics.stream().flatMap(topic -> Stream.of("--topic", topic)).toList();
      regressions.removeAll(passed(replayed(server, JOBS, List.of(), options)));
      if (!regressions.isEmpty()) {
        regressions.removeAll(passed(replayed(server, 1, regressions.stream().limit(SECOND_CHANCES).toList())));
      }
      assertThat(regressions).as("cases that pass in memory and not on etcd").isEmpty();
    }
  }

  private static List<String> passed(SortedMap<String, Boolean> outcomes) {
    return outcomes.entrySet().stream().filter(Map.Entry::getValue).map(Map.Entry::getKey).toList();
  }

  /** @param cases {@code topic/name} each; empty means all */
  private static SortedMap<String, Boolean> replayed(ServerProcess server, int jobs, List<String> cases) throws IOException {
    return replayed(server, jobs, cases, List.of());
  }

  private static SortedMap<String, Boolean> replayed(ServerProcess server, int jobs, List<String> cases, List<String> options)
      throws IOException {
    Path results = server.data().resolveSibling("results-" + jobs + ".xml");
    List<String> command =
        new ArrayList<>(
            List.of(
                "python3", "-B", VECTORS.resolve("replay").toString(), "check", "--server", server.url(), "--token",
                    ServerProcess.ADMIN_TOKEN,
                "--jobs", String.valueOf(jobs), "--junit", results.toString()));
    command.addAll(options);
    cases.forEach(name -> command.addAll(List.of("--name", name.substring(name.indexOf('/') + 1))));
    Run run = Run.of(command, Map.of(), "", DEADLINE);
    assertThat(results).as("the results of replay, which said\n%s%s", run.out(), run.err()).exists();
    return outcomes(Files.readString(results));
  }

  /** Reads a JUnit report: a case has passed when its element is empty. */
  private static SortedMap<String, Boolean> outcomes(String report) {
    SortedMap<String, Boolean> outcomes = new TreeMap<>();
    Matcher found = CASE.matcher(report);
    while (found.find()) {
      outcomes.put(found.group(1).substring("api.".length()) + "/" + found.group(2), found.group(3).equals("/>"));
    }
    return outcomes;
  }

  private static void report(SortedMap<String, Boolean> outcomes) {
    SortedMap<String, int[]> topics = new TreeMap<>();
    outcomes.forEach((name, passed) -> topics.computeIfAbsent(name.substring(0, name.indexOf('/')), topic -> new int[2])[passed ? 0 : 1]++);
    List<String> lines = new ArrayList<>();
    topics.forEach((topic, counts) -> lines.add("%-14s %4d passed %4d failed".formatted(topic, counts[0], counts[1])));
    long passed = outcomes.values().stream().filter(Boolean::booleanValue).count();
    System.out.println("API conformance\n  " + String.join("\n  ", lines) + "\n  " + passed + " of " + outcomes.size() + " passed");
  }
}
