package io.kubrig.scheduler.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PodReaderTest {
  private static final KubernetesSerialization JSON = new KubernetesSerialization();
  private static final String POD = """
      {metadata: {name: p, namespace: ns, uid: u, labels: {app: web}, creationTimestamp: "2026-01-01T00:00:00Z"},
       spec: {containers: [{name: c, image: i, resources: {requests: {cpu: 1}}}]%s}, status: {phase: Pending%s}}
      """;
  /** Changes of what decisions depend on. */
  private static final List<String> SPECS = List.of(
      ", schedulerName: other", ", priority: 7", ", preemptionPolicy: Never", ", schedulingGates: [{name: g}]",
      ", schedulingGroup: {podGroupName: g}", ", nodeSelector: {disk: ssd}", ", hostNetwork: true, hostUsers: false",
      ", tolerations: [{key: k, operator: Exists}]", ", resources: {requests: {cpu: 3}}", ", overhead: {cpu: 1}",
      ", initContainers: [{name: i, image: j, resources: {requests: {cpu: 5}}}]",
      ", affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: zone, labelSelector: {}}]}}",
      ", topologySpreadConstraints: [{topologyKey: zone, maxSkew: 1, whenUnsatisfiable: DoNotSchedule}]",
      ", volumes: [{name: v, persistentVolumeClaim: {claimName: c}}]", ", resourceClaims: [{name: r, resourceClaimName: c}]");
  private static final List<String> STATUSES = List.of(", nominatedNodeName: n",
      ", conditions: [{type: PodResizePending, status: 'True', reason: Infeasible}]",
      ", containerStatuses: [{name: c, allocatedResources: {cpu: 9}}]",
      ", conditions: [{type: DisruptionTarget, status: 'True', reason: PreemptionByScheduler}]");

  private static io.fabric8.kubernetes.api.model.Pod pod(String spec, String status) {
    return JSON.unmarshal("---\n" + POD.formatted(spec, status), io.fabric8.kubernetes.api.model.Pod.class);
  }

  private static void assertSame(Pod known, Pod anew) {
    assertThat(known.spec()).isEqualTo(anew.spec());
    assertThat(known.state()).isEqualTo(anew.state());
    assertThat(known.labels()).isEqualTo(anew.labels());
    assertThat(known.spec().hashCode()).isEqualTo(anew.spec().hashCode());
  }

  @Test
  void a_pod_that_was_read_before_is_what_it_is_when_read_anew() {
    Pod before = Pod.of(pod("", ""));
    for (String change : SPECS) {
      Pod anew = Pod.of(pod(change, ""));
      assertThat(anew.spec()).as(change).isNotEqualTo(before.spec());
      assertSame(Pod.of(pod(change, ""), before), anew);
    }
    for (String change : STATUSES) {
      assertSame(Pod.of(pod("", change), before), Pod.of(pod("", change)));
    }
  }

  @Test
  void a_pod_that_has_got_a_node_keeps_all_else_that_was_read_of_it() {
    Pod before = Pod.of(pod("", ""));
    Pod bound = Pod.of(pod(", nodeName: n1", ""), before);
    assertSame(bound, Pod.of(pod(", nodeName: n1", "")));
    assertThat(bound.spec().requests()).isSameAs(before.spec().requests());
    assertThat(bound.isSameForOthers(before.on("n1"))).isTrue();
    assertThat(bound.isSameForOthers(before.on("n2"))).isFalse();
  }

  @Test
  void pods_of_one_template_share_their_spec() {
    assertThat(Pod.of(pod(", priority: 3", "")).spec()).isSameAs(Pod.of(pod(", priority: 3", "")).spec());
    Pod claiming = Pod.of(pod(SPECS.getLast(), ""));
    assertThat(claiming.spec().withoutClaims()).isSameAs(Pod.of(pod("", "")).spec());
  }

  @Test
  void another_label_or_a_deletion_matters_to_others() {
    Pod on = Pod.of(pod("", "")).on("n1");
    io.fabric8.kubernetes.api.model.Pod deleted = pod(", nodeName: n1", "");
    deleted.getMetadata().setDeletionTimestamp("2026-01-01T00:00:30Z");
    assertThat(Pod.of(deleted).isSameForOthers(on)).isFalse();
    io.fabric8.kubernetes.api.model.Pod labelled = pod(", nodeName: n1", "");
    labelled.getMetadata().getLabels().put("tier", "front");
    assertThat(Pod.of(labelled).isSameForOthers(on)).isFalse();
  }
}
