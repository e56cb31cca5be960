package io.kubrig.apiserver.kinds.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.tree.Tree;
import org.junit.jupiter.api.Test;

class EventFormsTest {

  @Test
  void an_event_reads_the_same_in_both_groups() {
    Tree event =
        Json.readTree(
            """
            {"kind":"Event","apiVersion":"v1","metadata":{"name":"a","namespace":"n"},"involvedObject":{"kind":"Pod","name":"x"},"reason":"R",
             "message":"m","source":{"component":"s","host":"h"},"firstTimestamp":"2024-01-02T03:04:05Z","lastTimestamp":null,"count":3,
             "type":"Warning","eventTime":null,"reportingComponent":"c","reportingInstance":""}
            """);
    Tree modern = EventForms.convert(event.copy(), "v1", "events.k8s.io/v1");
    assertThat(modern.string("note")).isEqualTo("m");
    assertThat(modern.tree("regarding").string("name")).isEqualTo("x");
    assertThat(modern.string("reportingController")).isEqualTo("c");
    assertThat(modern.integer("deprecatedCount")).isEqualTo(3);
    assertThat(EventForms.convert(modern, "events.k8s.io/v1", "v1")).isEqualTo(event);
  }
}
