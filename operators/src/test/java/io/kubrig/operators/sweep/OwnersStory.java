package io.kubrig.operators.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.garbagecollector.GarbageCollector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Objects that own each other, in chains, in circles and across scopes, and are deleted in all three ways. The metadata of two kinds comes
 * by watches of its own, that of pods from their cache.
 *
 * <p>An owner is let go by what the collector can know: a dependent whose watch lags behind the owner's is not held against it.
 */
final class OwnersStory implements Story {
  private static final String HOLD = "example.com/hold";
  private static final String FOREGROUND = "foregroundDeletion";
  private static final String ORPHAN = "orphan";
  private static final int MOST = 14;

  private int made;
  private boolean users; // whether it is a user who acts
  private ToLongFunction<Class<? extends HasMetadata>> seen = kind -> 0;

  @Override
  public List<Function<ControllerContext, Controller>> controllers() {
    return List.of(context -> {
      context.caches().of(Pod.class);
      return new GarbageCollector(context);
    });
  }

  @Override
  public List<Class<? extends HasMetadata>> kinds() {
    return List.of(ConfigMap.class, Pod.class, ClusterRole.class);
  }

  @Override
  public boolean watches() {
    return true;
  }

  @Override
  public void sight(ToLongFunction<Class<? extends HasMetadata>> known) {
    seen = known;
  }

  @Override
  public void begin(MemoryServer server) {
    users = true;
    make(server, ConfigMap.class, "owner-0", List.of(), false);
    users = false;
  }

  private static Stream<HasMetadata> all(MemoryServer server) {
    return Stream.of(ConfigMap.class, Pod.class, ClusterRole.class).flatMap(kind -> Stories.all(server, kind).stream());
  }

  private static HasMetadata any(List<HasMetadata> some, RandomGenerator random) {
    return some.get(random.nextInt(some.size()));
  }

  private static void make(MemoryServer server, Class<? extends HasMetadata> kind, String name, List<OwnerReference> owners, boolean held) {
    HasMetadata object = Objects.parse(kind == Pod.class ? "{\"spec\": {\"nodeName\": \"node-0\"}}" : "{}", kind);
    object.setMetadata(new ObjectMetaBuilder().withName(name).withNamespace(kind == ClusterRole.class ? null : "ns")
        .withOwnerReferences(owners).withFinalizers(held ? List.of(HOLD) : List.of()).build());
    if (server.find(kind, Key.of(object)).isEmpty()) {
      server.create(object);
    }
  }

  private static OwnerReference reference(HasMetadata owner, boolean blocks) {
    return new OwnerReference(owner.getApiVersion(), blocks, null, owner.getKind(), owner.getMetadata().getName(),
        owner.getMetadata().getUid());
  }

  @Override
  public void act(MemoryServer server, RandomGenerator random) {
    users = true;
    List<HasMetadata> living = all(server).filter(object -> !Objects.isTerminating(object)).toList();
    switch (random.nextInt(10)) {
      case 0 -> make(server, ConfigMap.class, "owner-" + random.nextInt(3), List.of(), random.nextInt(6) == 0);
      case 1 -> make(server, ClusterRole.class, "role-" + random.nextInt(2), List.of(), false);
      case 2, 3, 4 -> dependent(server, living, random);
      case 5, 6 -> delete(server, living, random);
      case 7 -> reown(server, living, random);
      case 8 -> all(server).filter(Objects::isTerminating).filter(object -> object.getMetadata().getFinalizers().contains(HOLD))
          .findFirst().ifPresent(object -> release(server, object));
      default -> make(server, ConfigMap.class, "lost-" + made++,
          List.of(new OwnerReference("v1", true, null, "ConfigMap", "owner-0", "uid-of-nobody")), false);
    }
    users = false;
  }

  private void dependent(MemoryServer server, List<HasMetadata> living, RandomGenerator random) {
    if (living.isEmpty() || living.size() > MOST) {
      return;
    }
    List<OwnerReference> owners = new ArrayList<>();
    owners.add(reference(any(living, random), random.nextBoolean()));
    HasMetadata second = any(living, random);
    if (random.nextInt(3) == 0 && !second.getMetadata().getUid().equals(owners.getFirst().getUid())) {
      owners.add(reference(second, random.nextBoolean()));
    }
    boolean free = living.stream().filter(object -> object instanceof ClusterRole)
        .anyMatch(role -> role.getMetadata().getUid().equals(owners.getFirst().getUid()));
    make(server, random.nextInt(3) == 0 ? Pod.class : ConfigMap.class, (free ? "of-role-" : "dependent-") + made++, owners,
        random.nextInt(6) == 0);
  }

  private static void delete(MemoryServer server, List<HasMetadata> living, RandomGenerator random) {
    if (!living.isEmpty()) {
      server.delete(any(living, random), Map.of(), false, List.of("", "Background", "Foreground", "Orphan").get(random.nextInt(4)));
    }
  }

  /** Takes an owner from an object, or gives it another one, which may be its own dependent. */
  private static void reown(MemoryServer server, List<HasMetadata> living, RandomGenerator random) {
    List<HasMetadata> inside = living.stream().filter(object -> object.getMetadata().getNamespace() != null).toList();
    if (inside.isEmpty()) {
      return;
    }
    HasMetadata object = Objects.copy(any(inside, random));
    List<OwnerReference> owners = new ArrayList<>(Objects.orEmpty(object.getMetadata().getOwnerReferences()));
    HasMetadata other = any(living, random);
    if (!owners.isEmpty() && random.nextBoolean()) {
      owners.removeFirst();
    } else if (owners.stream().noneMatch(ref -> ref.getUid().equals(other.getMetadata().getUid()))
        && !other.getMetadata().getUid().equals(object.getMetadata().getUid())) {
      owners.add(reference(other, random.nextBoolean()));
    }
    object.getMetadata().setOwnerReferences(owners);
    server.update(object, false);
  }

  private static void release(MemoryServer server, HasMetadata held) {
    HasMetadata object = Objects.copy(held);
    object.getMetadata().setFinalizers(held.getMetadata().getFinalizers().stream().filter(name -> !name.equals(HOLD)).toList());
    server.update(object, false);
  }

  @Override
  public void saw(MemoryServer server, MemoryServer.Change change) {
    HasMetadata before = change.before();
    if (users || before == null) {
      return;
    }
    HasMetadata after = change.after();
    if (!Objects.isTerminating(before) && (after == null || Objects.isTerminating(after))) {
      List<OwnerReference> owners = Objects.orEmpty(before.getMetadata().getOwnerReferences());
      assertThat(owners).as("owners of %s, which goes", Key.of(before)).isNotEmpty();
      assertThat(owners).as("living owners of %s, which goes", Key.of(before)).noneMatch(ref -> lives(server, ref));
    }
    if (loses(before, after, FOREGROUND)) {
      assertThat(known(server, before)).as("who keeps %s, which is let go", Key.of(before))
          .noneMatch(dependent -> refers(dependent, before, true));
    }
    if (loses(before, after, ORPHAN)) {
      assertThat(known(server, before)).as("who still belongs to %s, which was to free them", Key.of(before))
          .noneMatch(dependent -> refers(dependent, before, false));
    }
  }

  private static boolean loses(HasMetadata before, HasMetadata after, String finalizer) {
    return Objects.orEmpty(before.getMetadata().getFinalizers()).contains(finalizer)
        && (after == null || !Objects.orEmpty(after.getMetadata().getFinalizers()).contains(finalizer));
  }

  /** The other objects whose present state the manager has seen. */
  private List<HasMetadata> known(MemoryServer server, HasMetadata but) {
    return all(server).filter(object -> !object.getMetadata().getUid().equals(but.getMetadata().getUid()))
        .filter(object -> Long.parseLong(object.getMetadata().getResourceVersion()) <= seen.applyAsLong(object.getClass())).toList();
  }

  private static boolean refers(HasMetadata dependent, HasMetadata owner, boolean blocking) {
    return Objects.orEmpty(dependent.getMetadata().getOwnerReferences()).stream().anyMatch(ref ->
        ref.getUid().equals(owner.getMetadata().getUid()) && (!blocking || Boolean.TRUE.equals(ref.getBlockOwnerDeletion())));
  }

  private static Stream<HasMetadata> owner(MemoryServer server, OwnerReference ref) {
    return all(server).filter(object -> object.getMetadata().getUid().equals(ref.getUid()));
  }

  private static boolean lives(MemoryServer server, OwnerReference ref) {
    return owner(server, ref).anyMatch(owner -> !Objects.isTerminating(owner)
        || !Objects.orEmpty(owner.getMetadata().getFinalizers()).contains(FOREGROUND));
  }

  @Override
  public void settled(MemoryServer server) {
    assertThat(all(server)).allSatisfy(object -> {
      List<String> finalizers = Objects.orEmpty(object.getMetadata().getFinalizers());
      if (!Objects.isTerminating(object)) {
        assertThat(Objects.orEmpty(object.getMetadata().getOwnerReferences())).as("owners of %s, which is left", Key.of(object))
            .allMatch(ref -> owner(server, ref).findAny().isPresent());
      } else if (!finalizers.contains(HOLD)) {
        assertThat(finalizers).as("what holds %s", Key.of(object)).containsExactly(FOREGROUND);
        assertThat(all(server)).as("who keeps %s", Key.of(object)).anyMatch(dependent -> refers(dependent, object, true));
      } else {
        assertThat(finalizers).as("what holds %s", Key.of(object)).doesNotContain(ORPHAN);
      }
    });
  }
}
