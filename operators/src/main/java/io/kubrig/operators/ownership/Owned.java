package io.kubrig.operators.ownership;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.engine.Queue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The objects of one kind (pods, replica sets, revisions) that owners of another kind may control: finds them, and wakes an owner
 * when one of them changes.
 *
 * @param <T> the kind that is owned
 * @param <O> the kind that owns
 */
public final class Owned<T extends HasMetadata, O extends HasMetadata> {
  private static final String ORPHANS = "orphans";

  private final Cached<T> objects;
  private final Cached<O> owners;
  private final String ownerKind;
  private final String ownerGroup;
  private final Function<O, Selector> selector;

  /** @param selector what an owner selects; it may throw for a bad owner, which then selects nothing */
  public Owned(Cached<T> objects, Cached<O> owners, Function<O, Selector> selector) {
    this.objects = objects;
    this.owners = owners;
    this.ownerKind = HasMetadata.getKind(owners.kind());
    this.ownerGroup = HasMetadata.getGroup(owners.kind());
    this.selector = selector;
    objects.index(ORPHANS, Owned::orphanage);
  }

  private static List<String> orphanage(HasMetadata object) {
    return Objects.controllerOf(object).isPresent() ? List.of() : List.of(String.valueOf(object.getMetadata().getNamespace()));
  }

  /** What an owner controls, selected or not, and the orphans of its namespace. */
  public List<T> candidates(O owner) {
    List<T> found = new ArrayList<>(objects.controlledBy(owner.getMetadata().getUid()));
    found.removeIf(object -> !java.util.Objects.equals(object.getMetadata().getNamespace(), owner.getMetadata().getNamespace()));
    objects.byIndex(ORPHANS, owner.getMetadata().getNamespace()).stream().filter(o -> !Objects.isTerminating(o)).forEach(found::add);
    return found;
  }

  /** What an owner controls, selected or not. */
  public List<T> controlledBy(O owner) {
    return objects.controlledBy(owner.getMetadata().getUid());
  }

  /** Puts owners into a queue whenever one of their objects, or an orphan that they might adopt, changes. */
  public void wake(Queue queue) {
    objects.watch(added -> wake(added, queue), (before, after) -> {
      if (!ownerOf(before).equals(ownerOf(after))) {
        ownerOf(before).ifPresent(queue::add);
      }
      wake(after, queue);
    }, deleted -> ownerOf(deleted).ifPresent(queue::add));
  }

  private void wake(T object, Queue queue) {
    if (Objects.controllerOf(object).isPresent()) {
      ownerOf(object).ifPresent(queue::add);
    } else if (!Objects.isTerminating(object)) {
      owners.inNamespace(object.getMetadata().getNamespace()).stream().filter(owner -> selects(owner, object)).map(Key::of)
          .forEach(queue::add);
    }
  }

  private boolean selects(O owner, T object) {
    try {
      return selector.apply(owner).matches(object.getMetadata().getLabels());
    } catch (RuntimeException e) {
      // the owner's own reconcile reports what is wrong with it; the other owners must hear of the object all the same
      return false;
    }
  }

  /** The key of the owner of this kind that controls an object. */
  private Optional<Key> ownerOf(T object) {
    return Objects.controllerOf(object)
        .filter(owner -> owner.getKind().equals(ownerKind) && group(owner).equals(ownerGroup))
        .map(owner -> new Key(object.getMetadata().getNamespace(), owner.getName()));
  }

  private static String group(OwnerReference owner) {
    int slash = owner.getApiVersion().indexOf('/');
    return slash < 0 ? "" : owner.getApiVersion().substring(0, slash);
  }
}
