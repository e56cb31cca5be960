package io.kubrig.scheduler.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.scheduler.config.SchedulerConfiguration;
import io.kubrig.scheduler.framework.EnqueueExtensions;
import io.kubrig.scheduler.framework.EventKind;
import io.kubrig.scheduler.framework.EventKind.Action;
import io.kubrig.scheduler.framework.EventKind.Subject;
import io.kubrig.scheduler.framework.PluginContext;
import io.kubrig.scheduler.framework.Profile;
import io.kubrig.scheduler.metrics.SchedulerMetrics;
import io.kubrig.scheduler.model.Node;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.state.ClusterState;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which events each plugin finds worth another attempt. Objects are written as the part of their spec, labels or status that matters. */
class QueueingHintsTest {
  private static final KubernetesSerialization JSON = new KubernetesSerialization();

  private final Profile profile;

  QueueingHintsTest() {
    SchedulerConfiguration c = SchedulerConfiguration.standard();
    profile = new Profile(c.profiles().getFirst(), BuiltinPlugins.registry(c),
        new PluginContext(new ClusterState(), null, null, null, Clock.system(), new Random(1), SchedulerMetrics.NONE, null), List.of());
  }

  private static Pod pod(String name, String fields) {
    return fields == null ? null
        : Pod.of(JSON.unmarshal("---\n{metadata: {name: " + name + ", namespace: ns, uid: " + name + ", labels: {app: " + name
        + "}}, spec: " + fields.replace("containers: [{", "containers: [{image: i, ") + "}", io.fabric8.kubernetes.api.model.Pod.class));
  }

  private static Node node(String fields) {
    return fields == null ? null
        : Node.of(JSON.unmarshal("---\n" + fields.replaceFirst("\\{", "{metadata: {name: n1, labels: {zone: a}}, "),
        io.fabric8.kubernetes.api.model.Node.class));
  }

  private boolean helps(String plugin, Pod waiting, EventKind event, Object before, Object after) {
    EnqueueExtensions e = profile.plugins().stream().filter(p -> p.name().equals(plugin)).map(EnqueueExtensions.class::cast).findFirst()
        .orElseThrow();
    return e.events().stream().filter(r -> r.event().covers(event)).anyMatch(r -> r.hint().mayHelp(waiting, before, after));
  }

  @ParameterizedTest(name = "{0}: {2} {3} -> {4}: {5}")
  @CsvSource(
      delimiter = '|',
      value = {
        "NodeUnschedulable | {} | ADD               |                            | {spec: {}}                    | true",
        "NodeUnschedulable | {} | ADD               |                            | {spec: {unschedulable: true}} | false",
        "NodeUnschedulable | {} | UPDATE_NODE_TAINT | {spec: {unschedulable: true}} | {spec: {}}                 | true",
        "NodeUnschedulable | {} | UPDATE_NODE_TAINT | {spec: {}}                 | {spec: {}}                    | false",
        "TaintToleration   | {} | UPDATE_NODE_TAINT | {spec: {taints: [{key: k, effect: NoSchedule}]}} | {spec: {}} | true",
        "TaintToleration   | {} | UPDATE_NODE_TAINT | {spec: {}} | {spec: {taints: [{key: k, effect: NoSchedule}]}} | false",
        "TaintToleration   | {} | ADD               |            | {spec: {taints: [{key: k, effect: PreferNoSchedule}]}} | true",
        "TaintToleration   | {tolerations: [{key: k, operator: Exists}]} | ADD | | {spec: {taints: [{key: k, effect: NoExecute}]}} | true",
        "NodeAffinity      | {nodeSelector: {zone: a}} | ADD | | {spec: {}} | true",
        "NodeAffinity      | {nodeSelector: {zone: b}} | ADD | | {spec: {}} | false",
        "NodeAffinity      | {nodeSelector: {zone: a}} | UPDATE_NODE_LABEL | {spec: {}} | {spec: {}} | false",
        "NodeAffinity      | {nodeSelector: {zone: a}} | UPDATE_NODE_TAINT | {spec: {}} | {spec: {}} | false",
        "NodeName          | {} | ADD | | {spec: {}} | true",
        "NodePorts         | {} | ADD | | {spec: {}} | true",
        "NodeResourcesFit  | {containers: [{resources: {requests: {cpu: 2}}}]} | ADD | | {status: {allocatable: {cpu: 2, pods: 1}}} | true",
        "NodeResourcesFit  | {containers: [{resources: {requests: {cpu: 2}}}]} | ADD | | {status: {allocatable: {cpu: 1, pods: 1}}} | "
            + "false",
        "NodeResourcesFit  | {containers: [{resources: {requests: {cpu: 2}}}]} | ADD | | {status: {allocatable: {cpu: 2, pods: 0}}} | "
            + "false",
        "NodeResourcesFit  | {containers: [{resources: {requests: {cpu: 2}}}]} | UPDATE_NODE_ALLOCATABLE | {status: {allocatable: {cpu: "
            + "1, pods: 1}}} | {status: {allocatable: {cpu: 2, pods: 1}}} | true",
        "NodeResourcesFit  | {containers: [{resources: {requests: {cpu: 2}}}]} | UPDATE_NODE_ALLOCATABLE | {status: {allocatable: {cpu: "
            + "2, memory: 1, pods: 1}}} | {status: {allocatable: {cpu: 2, memory: 2, pods: 1}}} | false",
        "NodeDeclaredFeatures | {hostNetwork: true, hostUsers: false} | UPDATE_NODE_DECLARED_FEATURE | {status: {}} | {status: "
            + "{declaredFeatures: [UserNamespacesHostNetworkSupport]}} | true",
        "NodeDeclaredFeatures | {hostNetwork: true, hostUsers: false} | ADD | | {status: {}} | false",
        "DynamicResources  | {} | UPDATE_NODE_LABEL | {spec: {}} | {spec: {}} | true",
        "DynamicResources  | {} | UPDATE_NODE_TAINT | {spec: {}} | {spec: {}} | false",
        "PodTopologySpread | {topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, "
            + "labelSelector: {}}]} | ADD | | {spec: {}} | true",
        "PodTopologySpread | {topologySpreadConstraints: [{maxSkew: 1, topologyKey: rack, whenUnsatisfiable: DoNotSchedule, "
            + "labelSelector: {}}]} | ADD | | {spec: {}} | false",
      })
  void of_nodes(String plugin, String waiting, String action, String before, String after, boolean helps) {
    assertThat(helps(plugin, pod("p", waiting), EventKind.of(Subject.NODE, Action.valueOf(action)), node(before), node(after)))
        .isEqualTo(helps);
  }

  @ParameterizedTest(name = "{0}: {2} {3} -> {4}: {5}")
  @CsvSource(
      delimiter = '|',
      value = {
        "NodeResourcesFit | {containers: [{resources: {requests: {cpu: 1}}}]} | DELETE | {containers: [{resources: {requests: {memory: "
            + "1}}}]} | | true",
        "NodePorts | {containers: [{ports: [{hostPort: 80, protocol: TCP}]}]} | DELETE | {containers: [{ports: [{hostPort: 80, "
            + "protocol: TCP}]}]} | | true",
        "NodePorts | {containers: [{ports: [{hostPort: 80, protocol: TCP}]}]} | DELETE | {containers: [{ports: [{hostPort: 81, "
            + "protocol: TCP}]}]} | | false",
        "NodePorts | {containers: [{ports: [{hostPort: 80, protocol: TCP}]}]} | DELETE | {containers: [{ports: [{hostPort: 80, "
            + "protocol: UDP}]}]} | | false",
        "VolumeRestrictions | {volumes: [{name: v, awsElasticBlockStore: {volumeID: x}}]} | DELETE | {volumes: [{name: v, "
            + "awsElasticBlockStore: {volumeID: x}}]} | | true",
        "VolumeRestrictions | {volumes: [{name: v, awsElasticBlockStore: {volumeID: x}}]} | DELETE | {volumes: [{name: v, "
            + "awsElasticBlockStore: {volumeID: y}}]} | | false",
        "InterPodAffinity | {affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: zone, "
            + "labelSelector: {matchLabels: {app: other}}}]}}} | ADD | | {} | true",
        "InterPodAffinity | {affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: zone, "
            + "labelSelector: {matchLabels: {app: third}}}]}}} | ADD | | {} | false",
        "PodTopologySpread | {topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, "
            + "labelSelector: {matchLabels: {app: other}}}]} | DELETE | {} | | true",
        "PodTopologySpread | {topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, "
            + "labelSelector: {matchLabels: {app: third}}}]} | DELETE | {} | | false",
        "DefaultPreemption | {} | DELETE | {} | | true",
        "TaintToleration | {} | DELETE | {} | | false",
      })
  void of_pods_on_nodes(String plugin, String waiting, String action, String before, String after, boolean helps) {
    assertThat(helps(plugin, pod("p", waiting), EventKind.of(Subject.ASSIGNED_POD, Action.valueOf(action)), pod("other", before),
        pod("other", after)))
        .isEqualTo(helps);
  }
}
