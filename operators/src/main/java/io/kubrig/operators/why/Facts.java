package io.kubrig.operators.why;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.kubrig.operators.engine.Objects;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What is known: objects of the API, read at about one time.
 *
 * @param unread what could not be read, and why
 */
public record Facts(List<HasMetadata> objects, Instant now, List<String> unread) {
  private static final int EVENTS_TOLD = 2;

  public Facts {
    objects = List.copyOf(objects);
    unread = List.copyOf(unread);
  }

  /** Facts without gaps. */
  public static Facts of(Collection<? extends HasMetadata> objects, Instant now) {
    return new Facts(List.copyOf(objects), now, List.of());
  }

  /** The object's name in findings. */
  static String name(HasMetadata object) {
    String namespace = object.getMetadata().getNamespace();
    return object.getKind().toLowerCase(Locale.ROOT) + " " + (namespace == null || namespace.isEmpty() ? "" : namespace + "/")
        + object.getMetadata().getName();
  }

  <T extends HasMetadata> List<T> all(Class<T> kind) {
    return objects.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  <T extends HasMetadata> List<T> inNamespace(Class<T> kind, String namespace) {
    return all(kind).stream().filter(object -> java.util.Objects.equals(namespace, object.getMetadata().getNamespace())).toList();
  }

  <T extends HasMetadata> Optional<T> find(Class<T> kind, String namespace, String name) {
    return all(kind).stream().filter(object -> object.getMetadata().getName().equals(name)
        && (namespace == null || java.util.Objects.equals(namespace, object.getMetadata().getNamespace()))).findFirst();
  }

  /** Any object of a kind's name; of cluster-scoped ones the namespace does not matter. */
  Optional<HasMetadata> find(String kind, String namespace, String name) {
    return objects.stream().filter(object -> object.getKind().equals(kind) && object.getMetadata().getName().equals(name))
        .filter(object -> object.getMetadata().getNamespace() == null || object.getMetadata().getNamespace().equals(namespace)).findFirst();
  }

  <T extends HasMetadata> List<T> controlledBy(Class<T> kind, HasMetadata owner) {
    return all(kind).stream().filter(object -> Objects.controllerOf(object).map(OwnerReference::getUid)
        .filter(uid -> uid.equals(owner.getMetadata().getUid())).isPresent()).toList();
  }

  /** Every object that names another as one of its owners; an object that was read in two ways is told once. */
  List<HasMetadata> dependents(HasMetadata owner) {
    return objects.stream().filter(object -> reference(object, owner).isPresent())
        .collect(Collectors.toMap(object -> String.valueOf(object.getMetadata().getUid()), object -> object,
            (a, b) -> a instanceof GenericKubernetesResource ? b : a, LinkedHashMap::new)).values().stream().toList();
  }

  /** How an object refers to an owner. */
  static Optional<OwnerReference> reference(HasMetadata object, HasMetadata owner) {
    return Objects.orEmpty(object.getMetadata().getOwnerReferences()).stream()
        .filter(reference -> reference.getUid().equals(owner.getMetadata().getUid())).findFirst();
  }

  /** The last events about an object with one of these reasons, the newest first, each as evidence; no reasons: all warnings. */
  List<String> events(HasMetadata about, String... reasons) {
    return found(about, reasons).stream().limit(EVENTS_TOLD).map(Facts::text).toList();
  }

  List<Event> found(HasMetadata about, String... reasons) {
    List<String> wanted = List.of(reasons);
    return all(Event.class).stream()
        .filter(event -> event.getInvolvedObject() != null && event.getInvolvedObject().getKind() != null
            && event.getInvolvedObject().getKind().equals(about.getKind())
            && about.getMetadata().getName().equals(event.getInvolvedObject().getName())
            && (event.getInvolvedObject().getUid() == null || event.getInvolvedObject().getUid().equals(about.getMetadata().getUid())))
        .filter(event -> wanted.isEmpty() ? "Warning".equals(event.getType()) : wanted.contains(event.getReason()))
        .sorted(Comparator.comparing(Facts::last).reversed()).toList();
  }

  private static Instant last(Event event) {
    if (event.getSeries() != null && event.getSeries().getLastObservedTime() != null) {
      return Objects.time(event.getSeries().getLastObservedTime().getTime()).orElse(Instant.EPOCH);
    }
    return Objects.time(event.getLastTimestamp())
        .or(() -> event.getEventTime() == null ? Optional.empty() : Objects.time(event.getEventTime().getTime()))
        .orElse(Objects.created(event));
  }

  private static String text(Event event) {
    int times = event.getCount() == null ? 1 : event.getCount();
    return "event " + event.getReason() + (times > 1 ? " (" + times + " times)" : "") + ": " + event.getMessage();
  }
}
