package io.kubrig.apiserver.kinds.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.machinery.tree.Tree;
import io.kubrig.machinery.yaml.Yaml;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuspendedJobTest {
  private static final String POD = "containers: [{name: a, image: a, resources: {requests: {cpu: 1}}}]";

  private static boolean changes(String old, String now) {
    Tree spec = Yaml.readTree("{" + now + "}");
    return SuspendedJob.changeable(Yaml.readTree("{" + old + "}"), spec).equals(spec);
  }

  @Test
  void pods_of_a_suspended_job_may_fit_elsewhere_and_ask_for_more() {
    assertThat(changes(POD, POD + ", nodeSelector: {a: b}, tolerations: [{key: a}], schedulingGates: [{name: a}]")).isTrue();
    assertThat(changes(POD, "containers: [{name: a, image: a, resources: {requests: {cpu: 2}}}]")).isTrue();
    assertThat(changes(POD, "containers: [{name: a, image: b, resources: {requests: {cpu: 1}}}]")).isFalse();
    assertThat(changes(POD, "containers: [{name: b, image: a, resources: {requests: {cpu: 2}}}]")).isFalse();
    assertThat(changes(POD, POD + ", priorityClassName: high")).isFalse();
  }

  @Test
  void of_its_affinities_only_that_to_nodes_may_change() {
    assertThat(changes(POD, POD + ", affinity: {nodeAffinity: {a: b}}")).isTrue();
    assertThat(changes(POD + ", affinity: {nodeAffinity: {a: b}}", POD)).isTrue();
    assertThat(changes(POD, POD + ", affinity: {podAffinity: {a: b}}")).isFalse();
    assertThat(changes(POD + ", affinity: {podAffinity: {a: b}}", POD)).isFalse();
    assertThat(changes(POD + ", affinity: {podAffinity: {a: b}}", POD + ", affinity: {nodeAffinity: {a: b}, podAffinity: {a: b}}"))
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "suspend: true |                                                                     | true",
        "suspend: false|                                                                     | false",
        "suspend: true | startTime: x                                                        | false",
        "suspend: true | startTime: x, conditions: [{type: Suspended, status: 'True'}]           | true",
        "suspend: true | startTime: x, active: 1, conditions: [{type: Suspended, status: 'True'}]| false",
      })
  void it_changes_while_it_is_suspended_and_has_no_pods(String spec, String status, boolean may) {
    Tree job = Yaml.readTree("{spec: {" + spec + "}, status: {" + (status == null ? "" : status) + "}}");
    assertThat(SuspendedJob.mayChange(job)).isEqualTo(may);
  }
}
