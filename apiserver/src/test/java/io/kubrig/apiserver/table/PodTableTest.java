package io.kubrig.apiserver.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.tree.Tree;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodTableTest {
  private static final Instant NOW = Instant.parse("2025-01-01T01:00:00Z");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'phase':'Pending' | 0/2 | Pending | 0",
        "'phase':'Failed','reason':'Evicted' | 0/2 | Evicted | 0",
        "'phase':'Running','containerStatuses':[{'name':'c','ready':true,'restartCount':1,'state':{'running':{}},"
            + "'lastState':{'terminated':{'finishedAt':'2025-01-01T00:55:00Z'}}}] | 1/2 | Running | 1 (5m ago)",
        "'phase':'Running','containerStatuses':[{'name':'c','restartCount':3,'state':{'waiting':{'reason':'CrashLoopBackOff'}}}]"
            + " | 0/2 | CrashLoopBackOff | 3",
        "'phase':'Pending','initContainerStatuses':[{'name':'s','restartCount':2,'state':{'terminated':{'exitCode':1}}}] | 0/2 | "
            + "Init:ExitCode:1 | 2",
        "'phase':'Running','initContainerStatuses':[{'name':'s','started':true,'ready':true,'state':{'running':{}}}],"
            + "'containerStatuses':[{'name':'c','state':{'terminated':{'reason':'Completed','exitCode':0}}}] | 1/2 | Completed | 0",
        "'phase':'Pending','conditions':[{'type':'PodScheduled','reason':'SchedulingGated'}] | 0/2 | SchedulingGated | 0"
      })
  void tells_how_a_pod_does_in_one_word(String status, String ready, String reason, String restarts) {
    assertThat(new PodTable().cells(pod("", status.strip()), NOW).subList(1, 4)).containsExactly(ready, reason, restarts);
  }

  @Test
  void shows_that_a_pod_is_going() {
    assertThat(new PodTable().cells(pod(",'deletionTimestamp':'2025-01-01T00:00:00Z'", "'phase':'Running'"), NOW)).contains("Terminating");
    assertThat(new PodTable().cells(pod(",'deletionTimestamp':'2025-01-01T00:00:00Z'", "'phase':'Succeeded'"), NOW)).contains("Succeeded");
  }

  @Test
  void marks_pods_that_have_ended() {
    assertThat(new PodTable().completed(pod("", "'phase':'Succeeded'"))).contains("Succeeded");
    assertThat(new PodTable().completed(pod("", "'phase':'Running'"))).isEmpty();
  }

  private static Tree pod(String metadata, String status) {
    String json =
        "{'metadata':{'name':'a','creationTimestamp':'2025-01-01T00:00:00Z'" + metadata + "},'spec':{'containers':[{'name':'c'}],"
            + "'initContainers':[{'name':'s','restartPolicy':'Always'}]},'status':{" + status + "}}";
    return Json.readTree(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }
}
