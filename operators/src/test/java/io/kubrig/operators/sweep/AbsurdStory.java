package io.kubrig.operators.sweep;

import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.kubrig.operators.ControllerManagerOptions;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.random.RandomGenerator;

/**
 * A story told among objects that make no sense, as no API server of ours would take them: nothing in them, selectors of unknown operators,
 * absurd numbers, owners without a kind and in circles. What the story is about must not suffer.
 */
final class AbsurdStory implements Story {
  static final String ABSURD = "absurd";
  private static final List<Class<? extends HasMetadata>> OWNERS =
      List.of(ReplicaSet.class, Deployment.class, StatefulSet.class, DaemonSet.class, Job.class);
  private static final List<String> SPECS = List.of(
      "{}",
      "{\"spec\": {}}",
      "{\"spec\": {\"replicas\": -7, \"parallelism\": -7, \"selector\": {\"matchExpressions\": [{\"key\": \"app\","
          + " \"operator\": \"Near\"}]}, \"template\": {\"spec\": {\"containers\": []}}}}",
      "{\"spec\": {\"replicas\": -7, \"parallelism\": -7, \"selector\": {\"matchLabels\": {\"nobody\": \"here\"}},"
          + " \"template\": {\"metadata\": {\"labels\": {\"nobody\": \"here\"}}, \"spec\": {\"containers\": []}}}}",
      "{\"spec\": {\"selector\": {\"matchLabels\": {\"app\": null}}, \"strategy\": {\"type\": \"Sideways\"},"
          + " \"updateStrategy\": {\"type\": \"Sideways\"}, \"replicas\": 0, \"parallelism\": 0}}");

  /** Of single kinds, what only they can get wrong. */
  private static final Map<Class<? extends HasMetadata>, List<String>> OWN = Map.ofEntries(
      Map.entry(CronJob.class, List.of(
          "{\"spec\": {\"schedule\": \"61 * * * *\", \"timeZone\": \"Nowhere/At_All\"}}",
          "{\"spec\": {\"schedule\": \"* * * * *\", \"concurrencyPolicy\": \"Sometimes\", \"startingDeadlineSeconds\": -9},"
              + " \"status\": {\"active\": [{}], \"lastScheduleTime\": \"1970-01-01T00:00:00Z\"}}")),
      Map.entry(Job.class, List.of("{\"spec\": {\"ttlSecondsAfterFinished\": -7}, \"status\": {\"conditions\": [{},"
          + " {\"type\": \"Complete\", \"status\": \"True\"}]}}")),
      Map.entry(Service.class, List.of("{\"spec\": {\"selector\": {\"app\": null}, \"ports\": [{}], \"ipFamilies\": [\"IPv9\"]}}")),
      Map.entry(Endpoints.class, List.of("{\"subsets\": [{}]}",
          "{\"subsets\": [{\"addresses\": [{\"ip\": \"not an address\"}, {}], \"ports\": [{}]}]}")),
      Map.entry(EndpointSlice.class, List.of("{\"endpoints\": [{}], \"ports\": [{}]}")),
      Map.entry(PodDisruptionBudget.class, List.of("{\"spec\": {\"maxUnavailable\": \"many\", \"selector\": {\"matchExpressions\":"
          + " [{\"key\": \"app\", \"operator\": \"Near\"}]}}}",
          "{\"spec\": {\"minAvailable\": \"many\", \"selector\": {\"matchLabels\": {\"app\": \"web\"}}}}")),
      Map.entry(Namespace.class, List.of("{\"spec\": {\"finalizers\": [null]}, \"status\": {\"phase\": \"Nowhere\"}}")),
      Map.entry(Node.class, List.of("{\"spec\": {\"podCIDR\": \"nonsense\", \"podCIDRs\": [\"nonsense\"], \"taints\": [{}]}}",
          "{\"spec\": {}, \"status\": {\"conditions\": [{}]}}")),
      Map.entry(PersistentVolume.class, List.of("{\"spec\": {\"claimRef\": {}}}", "{\"spec\": {\"capacity\": {}}, \"status\": {}}")),
      Map.entry(PersistentVolumeClaim.class, List.of("{\"spec\": {\"volumeName\": \"nowhere\"}}",
          "{\"spec\": {\"selector\": {\"matchExpressions\": [{\"key\": \"a\", \"operator\": \"Near\"}]}}}")),
      Map.entry(ResourceClaim.class, List.of("{\"status\": {\"reservedFor\": [{}]}}")),
      Map.entry(ClusterRole.class, List.of("{\"rules\": [{}]}", "{\"aggregationRule\": {\"clusterRoleSelectors\": [{\"matchExpressions\":"
          + " [{\"key\": \"a\", \"operator\": \"Near\"}]}, {}]}}")),
      Map.entry(Secret.class, List.of("{\"type\": \"bootstrap.kubernetes.io/token\", \"data\": {\"expiration\": \"bm8=\"}}")),
      Map.entry(CertificateSigningRequest.class, List.of("{\"spec\": {}, \"status\": {\"conditions\": [{}], \"certificate\": \"bm8=\"}}")));

  private final Story sane;

  AbsurdStory(Story sane) {
    this.sane = sane;
  }

  @Override
  public List<Function<ControllerContext, Controller>> controllers() {
    return sane.controllers();
  }

  @Override
  public ControllerManagerOptions options() {
    return sane.options();
  }

  @Override
  public List<Class<? extends HasMetadata>> kinds() {
    return sane.kinds();
  }

  @Override
  public Optional<String> document(MemoryServer server, String path) {
    return sane.document(server, path);
  }

  @Override
  public boolean watches() {
    return sane.watches();
  }

  @Override
  public void sight(ToLongFunction<Class<? extends HasMetadata>> seen) {
    sane.sight(seen);
  }

  @Override
  public void told(Event event) {
    sane.told(event);
  }

  @Override
  public void calm() {
    sane.calm();
  }

  @Override
  public Duration pace() {
    return sane.pace();
  }

  @Override
  public void begin(MemoryServer server) {
    sane.begin(server);
    for (Class<? extends HasMetadata> kind : sane.kinds()) {
      List<String> specs = new ArrayList<>(OWNERS.contains(kind) ? SPECS : kind == Pod.class ? List.of() : SPECS.subList(0, 2));
      specs.addAll(OWN.getOrDefault(kind, List.of()));
      for (int i = 0; i < specs.size(); i++) {
        server.create(absurd(kind, specs.get(i), ABSURD + "-" + i));
      }
    }
    String nowhere = "{\"spec\": {\"nodeName\": \"nowhere\"}, \"status\": {\"phase\": \"Nowhere\"}}";
    Pod pod = Objects.copy(server.create(absurd(Pod.class, nowhere, ABSURD)));
    OwnerReference circle = new OwnerReference("v1", true, true, "Pod", ABSURD, pod.getMetadata().getUid());
    OwnerReference nothing = new OwnerReference(null, null, true, null, null, null);
    pod.getMetadata().setOwnerReferences(List.of(nothing, circle));
    server.update(pod, false);
  }

  private static <T extends HasMetadata> T absurd(Class<T> kind, String json, String name) {
    T object = Objects.parse(json, kind);
    String namespace = Namespaced.class.isAssignableFrom(kind) ? "ns" : null;
    object.setMetadata(new ObjectMetaBuilder().withName(name).withNamespace(namespace).build());
    return object;
  }

  @Override
  public void act(MemoryServer server, RandomGenerator random) {
    sane.act(server, random);
  }

  @Override
  public void saw(MemoryServer server, MemoryServer.Change change) {
    HasMetadata about = change.after() == null ? change.before() : change.after();
    if (!about.getMetadata().getName().startsWith(ABSURD)) {
      sane.saw(server, change);
    }
  }

  @Override
  public void act(MemoryServer server, RandomGenerator random, Instant now) {
    sane.act(server, random, now);
  }

  @Override
  public void tick(MemoryServer server, Instant now) {
    sane.tick(server, now);
  }

  @Override
  public void settled(MemoryServer server) {
    sane.settled(server);
  }

  @Override
  public void settled(MemoryServer server, Instant now) {
    sane.settled(server, now);
  }

  @Override
  public boolean podsEnd() {
    return sane.podsEnd();
  }

  @Override
  public boolean isAbsurd(Key key) {
    return key.name().contains(ABSURD);
  }
}
