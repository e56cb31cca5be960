package io.kubrig.scheduler.plugins.defaultpreemption;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PodBuilder;
import io.kubrig.scheduler.extender.Extender.Victims;
import io.kubrig.scheduler.model.Pod;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CandidateTest {

  /** {@code node!violations:priority@minute priority@minute …}; no minute: it has not started. */
  private static Candidate candidate(String text) {
    String[] parts = text.split("[!:]");
    List<Pod> pods = new ArrayList<>();
    for (String p : parts[2].split(" ")) {
      String[] v = p.split("@");
      pods.add(Pod.of(new PodBuilder().withNewMetadata().withNamespace("ns").withName(p).withUid(p + pods.size()).endMetadata()
          .withNewSpec().withPriority(Integer.parseInt(v[0])).endSpec()
          .withNewStatus().withStartTime(v.length == 1 ? null : "2026-01-01T00:" + v[1] + ":00Z").endStatus().build()));
    }
    pods.sort(Candidate.BY_IMPORTANCE);
    return Candidate.of(parts[0], new Victims(pods, Long.parseLong(parts[1])));
  }

  @ParameterizedTest(name = "{2}: {0}")
  @CsvSource({
    "a!1:1@10;b!0:9@10,               b, fewest violated budgets",
    "a!0:5@10;b!0:4@10 4@10 4@10,     b, lowest highest priority",
    "a!0:5@10 3@10;b!0:5@10 1@10,     b, lowest sum of priorities",
    "a!0:5@10 -2147483648@10;b!0:5@10, b, fewest victims although the sum is as low",
    "a!0:5@10;b!0:5@20,               b, latest start of the most important",
    "a!0:5@10 5@30;b!0:5@20 5@20,     b, the earliest of the most important counts",
    "a!0:5@10;b!0:5,                  b, what has not started is the latest",
    "a!0:5@10;b!0:5@10,               a, the first among equals",
  })
  void chooses_the_node_that_hurts_least(String candidates, String node, String why) {
    List<Candidate> all = new ArrayList<>();
    for (String c : candidates.split(";")) {
      all.add(candidate(c.strip()));
    }
    assertThat(Candidate.best(all)).get().extracting(Candidate::node).isEqualTo(node);
  }
}
