package io.kubrig.operators.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Pod;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.namespace.NamespaceController;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** Namespaces with pods and other things, some of them held, that are deleted: first the pods, then the rest, then the namespace. */
final class NamespaceStory implements Story {
  private int made;
  private boolean users; // whether it is a user who acts

  @Override
  public List<Function<ControllerContext, Controller>> controllers() {
    return List.of(NamespaceController::new);
  }

  @Override
  public void begin(MemoryServer server) {
    make(server);
  }

  private void make(MemoryServer server) {
    server.create(Objects.parse("{\"metadata\": {\"name\": \"ns-" + made++ + "\"}, \"spec\": {\"finalizers\": [\"kubernetes\"]},"
        + " \"status\": {\"phase\": \"Active\"}}", Namespace.class));
  }

  @Override
  public void act(MemoryServer server, RandomGenerator random) {
    users = true;
    List<Namespace> active = Stories.all(server, Namespace.class).stream().filter(ns -> !Objects.isTerminating(ns)).toList();
    if (active.isEmpty() || random.nextInt(6) == 0) {
      make(server);
    } else {
      Namespace namespace = active.get(random.nextInt(active.size()));
      String name = namespace.getMetadata().getName();
      switch (random.nextInt(5)) {
        case 0 -> server.create(Objects.parse("{\"metadata\": {\"name\": \"pod-" + made++ + "\", \"namespace\": \"" + name
            + "\"}, \"spec\": {\"nodeName\": \"node-0\"}, \"status\": {\"phase\": \"Pending\"}}", Pod.class));
        case 1, 2 -> server.create(Objects.parse("{\"metadata\": {\"name\": \"map-" + made++ + "\", \"namespace\": \"" + name + "\""
            + (random.nextInt(4) == 0 ? ", \"finalizers\": [\"example.com/hold\"]" : "") + "}}", ConfigMap.class));
        case 3 -> server.delete(namespace, Map.of(), true);
        default -> Stories.all(server, ConfigMap.class).stream().filter(Objects::isTerminating).findAny().ifPresent(map ->
            server.update(MemoryServer.edit(map, tree -> tree.withObjectProperty("metadata").remove("finalizers")), false));
      }
    }
    users = false;
  }

  private static Stream<HasMetadata> content(MemoryServer server, String namespace) {
    return Stream.<HasMetadata>concat(server.list(Pod.class).stream(), server.list(ConfigMap.class).stream())
        .filter(object -> namespace.equals(object.getMetadata().getNamespace()));
  }

  @Override
  public void saw(MemoryServer server, MemoryServer.Change change) {
    HasMetadata before = change.before();
    if (change.after() == null && before instanceof Namespace) {
      assertThat(content(server, before.getMetadata().getName())).as("what is left in %s, which goes", Key.of(before)).isEmpty();
    }
    boolean goes = before != null && !Objects.isTerminating(before) && (change.after() == null || Objects.isTerminating(change.after()));
    if (goes && before.getMetadata().getNamespace() != null && !users) {
      Namespace namespace = server.find(Namespace.class, Key.of(before.getMetadata().getNamespace())).orElseThrow();
      assertThat(Objects.isTerminating(namespace)).as("%s goes, and so does its namespace", Key.of(before)).isTrue();
      if (before instanceof ConfigMap) {
        assertThat(content(server, namespace.getMetadata().getName()).filter(Pod.class::isInstance))
            .as("pods while %s goes", Key.of(before)).isEmpty();
      }
    }
  }

  @Override
  public void settled(MemoryServer server) {
    assertThat(Stories.all(server, Namespace.class).stream().filter(Objects::isTerminating)).allSatisfy(namespace -> {
      assertThat(namespace.getStatus().getPhase()).isEqualTo("Terminating");
      assertThat(content(server, namespace.getMetadata().getName())).as("what holds %s", Key.of(namespace)).isNotEmpty()
          .allSatisfy(object -> assertThat(object.getMetadata().getFinalizers()).isNotEmpty());
    });
  }
}
