package io.kubrig.operators.sweep;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import java.util.List;
import java.util.function.Function;
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

  private final Story sane;

  AbsurdStory(Story sane) {
    this.sane = sane;
  }

  @Override
  public List<Function<ControllerContext, Controller>> controllers() {
    return sane.controllers();
  }

  @Override
  public void begin(MemoryServer server) {
    sane.begin(server);
    for (Class<? extends HasMetadata> kind : OWNERS) {
      for (int i = 0; i < SPECS.size(); i++) {
        server.create(absurd(kind, SPECS.get(i), ABSURD + "-" + i));
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
    object.setMetadata(new io.fabric8.kubernetes.api.model.ObjectMetaBuilder().withName(name).withNamespace("ns").build());
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
  public void settled(MemoryServer server) {
    sane.settled(server);
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
