package io.kubrig.operators.sweep;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Objects with the rules of the API server that controllers rely on: revisions, conflicts, generations, finalizers, graceful deletion of
 * pods.
 */
final class MemoryServer {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<String, String> LIST_KEYS =
      Map.of("ownerReferences", "uid", "conditions", "type", "resourceClaimStatuses", "name");

  private final Clock clock;
  private final Map<Class<?>, TreeMap<Key, HasMetadata>> objects = new HashMap<>();
  private final Map<Class<?>, List<Change>> logs = new HashMap<>();
  private final List<Witness> witnesses = new ArrayList<>();
  private final Set<String> outdated = new HashSet<>(); // uids of what is stored in a version of yesterday
  private long revision;
  private long names;

  MemoryServer(Clock clock) {
    this.clock = clock;
  }

  /** One change. @param before null for a new object @param after null for one that is gone */
  record Change(HasMetadata before, HasMetadata after, long revision) {}

  /** How the body of a patch is meant. */
  enum Patch {
    /** By the merge keys of lists. */
    STRATEGIC,
    /** RFC 7386. */
    MERGE,
    /** What the only manager of these fields wants, all of it. */
    APPLY
  }

  /** Looks at each change when it has been made, and protests by throwing. */
  interface Witness {
    void saw(Change change);
  }

  void witness(Witness witness) {
    witnesses.add(witness);
  }

  synchronized long revision() {
    return revision;
  }

  synchronized <T extends HasMetadata> List<T> list(Class<T> kind) {
    return table(kind).values().stream().map(kind::cast).toList();
  }

  synchronized <T extends HasMetadata> Optional<T> find(Class<T> kind, Key key) {
    return Optional.ofNullable(table(kind).get(key)).map(kind::cast);
  }

  /** The changes of a kind from a place in its history. */
  synchronized List<Change> changes(Class<?> kind, int from) {
    List<Change> log = log(kind);
    return List.copyOf(log.subList(from, log.size()));
  }

  synchronized int end(Class<?> kind) {
    return log(kind).size();
  }

  synchronized <T extends HasMetadata> T create(T given) {
    T object = Objects.copy(given);
    var metadata = object.getMetadata();
    if (metadata.getName() == null) {
      metadata.setName(metadata.getGenerateName() + Long.toString(100_000 + names++, 36));
    }
    if (table(object.getClass()).containsKey(Key.of(object))) {
      throw refusal(409, "AlreadyExists", object.getPlural() + " \"" + metadata.getName() + "\" already exists");
    }
    metadata.setUid("uid-" + names++);
    metadata.setCreationTimestamp(Objects.time(clock.now()));
    metadata.setGeneration(1L);
    if (object instanceof Pod pod && (pod.getStatus() == null || pod.getStatus().getPhase() == null)) {
      object = edit(object, tree -> tree.withObjectProperty("status").put("phase", "Pending"));
    }
    return commit(null, object);
  }

  synchronized <T extends HasMetadata> T update(T given, boolean ofStatus) {
    T old = current(given);
    String wanted = given.getMetadata().getResourceVersion();
    if (wanted != null && !wanted.equals(old.getMetadata().getResourceVersion())) {
      throw refusal(409, "Conflict", "Operation cannot be fulfilled on " + given.getPlural() + " \"" + given.getMetadata().getName()
          + "\": the object has been modified; please apply your changes to the latest version and try again");
    }
    return merge(old, tree(given), ofStatus);
  }

  synchronized <T extends HasMetadata> T patch(T about, String patch, Patch form, boolean ofStatus) {
    T old = current(about);
    ObjectNode given = (ObjectNode) read(patch);
    JsonNode uid = given.path("metadata").path("uid");
    if (uid.isTextual() && !uid.asText().equals(old.getMetadata().getUid())) {
      throw refusal(409, "Conflict", "Precondition failed: UID in precondition: " + uid.asText());
    }
    JsonNode wanted = given.path("metadata").path("resourceVersion");
    if (wanted.isTextual() && !wanted.asText().equals(old.getMetadata().getResourceVersion())) {
      throw refusal(409, "Conflict", "the object has been modified");
    }
    ObjectNode whole = tree(old);
    switch (form) {
      case STRATEGIC -> merge(whole, given, true);
      case MERGE -> merge(whole, given, false);
      case APPLY -> given.without(List.of("metadata")).properties().forEach(field -> whole.set(field.getKey(), field.getValue()));
    }
    return merge(old, whole, ofStatus);
  }

  /** All objects of a kind are stored in a version of yesterday, until they are written. */
  synchronized void outdate(Class<? extends HasMetadata> kind) {
    list(kind).forEach(object -> outdated.add(object.getMetadata().getUid()));
  }

  /** Deletes; a pod that runs is only marked, and so is whatever has finalizers. @param now whether a pod is not given time to end */
  synchronized <T extends HasMetadata> T delete(T about, Map<String, ?> preconditions, boolean now) {
    return delete(about, preconditions, now, "");
  }

  /** As {@link #delete(HasMetadata, Map, boolean)}. @param propagation what becomes of dependents; empty leaves it to the object */
  synchronized <T extends HasMetadata> T delete(T about, Map<String, ?> preconditions, boolean now, String propagation) {
    T old = current(about);
    if (preconditions.get("uid") instanceof String uid && !uid.equals(old.getMetadata().getUid())) {
      throw refusal(409, "Conflict", "the UID in the precondition does not match");
    }
    if (preconditions.get("resourceVersion") instanceof String wanted && !wanted.equals(old.getMetadata().getResourceVersion())) {
      throw refusal(409, "Conflict", "the ResourceVersion in the precondition does not match");
    }
    List<String> finalizers = finalizers(old, propagation);
    boolean lingers = !finalizers.isEmpty() || old instanceof Pod pod && !now && isRunning(pod)
        || isHeld(old);
    if (!lingers) {
      table(old.getClass()).remove(Key.of(old));
      record(new Change(old, null, ++revision));
      return old;
    }
    boolean same = finalizers.equals(Objects.orEmpty(old.getMetadata().getFinalizers()));
    if (Objects.isTerminating(old) && !now && same) {
      return old;
    }
    T marked = edit(old, tree -> tree.withObjectProperty("metadata").put("deletionTimestamp", Objects.time(clock.now()))
        .put("deletionGracePeriodSeconds", now ? 0 : 30));
    if (!same) {
      marked.getMetadata().setFinalizers(finalizers);
    }
    return commit(old, marked);
  }

  /** The finalizers of an object that is deleted: what becomes of dependents is among them. */
  private static List<String> finalizers(HasMetadata object, String propagation) {
    List<String> finalizers = new ArrayList<>(Objects.orEmpty(object.getMetadata().getFinalizers()));
    if (!propagation.isEmpty()) {
      String wanted = Map.of("Foreground", "foregroundDeletion", "Orphan", "orphan").getOrDefault(propagation, "");
      finalizers.removeIf(name -> (name.equals("foregroundDeletion") || name.equals("orphan")) && !name.equals(wanted));
      if (!wanted.isEmpty() && !finalizers.contains(wanted)) {
        finalizers.add(wanted);
      }
    }
    return finalizers;
  }

  /** A namespace has finalizers of its own. */
  private static boolean isHeld(HasMetadata object) {
    return object instanceof Namespace namespace && namespace.getSpec() != null
        && !Objects.orEmpty(namespace.getSpec().getFinalizers()).isEmpty();
  }

  private static boolean isRunning(Pod pod) {
    return pod.getSpec().getNodeName() != null && !List.of("Succeeded", "Failed").contains(String.valueOf(pod.getStatus().getPhase()));
  }

  private <T extends HasMetadata> T merge(T old, ObjectNode given, boolean ofStatus) {
    ObjectNode result = given.deepCopy();
    ObjectNode before = tree(old);
    String kept = ofStatus ? "spec" : "status";
    result.remove(kept);
    if (before.has(kept)) {
      result.set(kept, before.get(kept));
    }
    ObjectNode metadata = result.withObjectProperty("metadata");
    for (String fixed : List.of("uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation",
        "resourceVersion")) {
      metadata.remove(fixed);
      if (before.path("metadata").has(fixed)) {
        metadata.set(fixed, before.path("metadata").get(fixed));
      }
    }
    boolean rewritten = outdated.remove(old.getMetadata().getUid());
    if (result.equals(before) && !rewritten) {
      return old;
    }
    if (!result.deepCopy().without(List.of("metadata", "status")).equals(before.deepCopy().without(List.of("metadata", "status")))) {
      metadata.put("generation", old.getMetadata().getGeneration() + 1);
    }
    T merged = parse(result, old);
    boolean ends = Objects.isTerminating(merged) && !isHeld(merged) && Objects.orEmpty(merged.getMetadata().getFinalizers()).isEmpty()
        && (!(merged instanceof Pod pod) || !isRunning(pod) || Long.valueOf(0).equals(pod.getMetadata().getDeletionGracePeriodSeconds()));
    if (ends) {
      table(old.getClass()).remove(Key.of(old));
      record(new Change(old, null, ++revision));
      return merged;
    }
    return commit(old, merged);
  }

  private <T extends HasMetadata> T commit(T before, T after) {
    after.getMetadata().setResourceVersion(Long.toString(++revision));
    table(after.getClass()).put(Key.of(after), after);
    record(new Change(before, after, revision));
    return after;
  }

  private void record(Change change) {
    log((change.after() == null ? change.before() : change.after()).getClass()).add(change);
    witnesses.forEach(witness -> witness.saw(change));
  }

  @SuppressWarnings("unchecked")
  private <T extends HasMetadata> T current(T about) {
    HasMetadata found = table(about.getClass()).get(Key.of(about));
    if (found == null) {
      throw refusal(404, "NotFound", about.getPlural() + " \"" + about.getMetadata().getName() + "\" not found");
    }
    return (T) found;
  }

  /** A merge, as far as controllers use it. @param strategic whether lists of known keys are merged, too */
  private static void merge(ObjectNode into, ObjectNode patch, boolean strategic) {
    for (Map.Entry<String, JsonNode> field : patch.properties()) {
      String name = field.getKey();
      if (strategic && name.startsWith("$deleteFromPrimitiveList/")) {
        JsonNode list = into.path(name.substring(name.indexOf('/') + 1));
        for (int i = list.size() - 1; i >= 0; i--) {
          for (JsonNode gone : field.getValue()) {
            if (i < list.size() && list.get(i).equals(gone)) {
              ((ArrayNode) list).remove(i);
            }
          }
        }
      } else if (field.getValue() instanceof ObjectNode object) {
        merge(into.withObjectProperty(name), object, strategic);
      } else if (field.getValue() instanceof ArrayNode list && strategic && LIST_KEYS.containsKey(name)) {
        mergeList(into.withArrayProperty(name), list, LIST_KEYS.get(name));
      } else if (field.getValue().isNull()) {
        into.remove(name);
      } else {
        into.set(name, field.getValue());
      }
    }
  }

  private static void mergeList(ArrayNode into, ArrayNode patch, String key) {
    for (JsonNode item : patch) {
      int at = -1;
      for (int i = 0; i < into.size(); i++) {
        at = into.get(i).path(key).equals(item.path(key)) ? i : at;
      }
      if (item.path("$patch").asText().equals("delete")) {
        if (at >= 0) {
          into.remove(at);
        }
      } else if (at >= 0) {
        merge((ObjectNode) into.get(at), (ObjectNode) item, true);
      } else {
        into.add(item);
      }
    }
  }

  /** A changed copy. */
  static <T extends HasMetadata> T edit(T object, Consumer<ObjectNode> change) {
    ObjectNode tree = tree(object);
    change.accept(tree);
    return parse(tree, object);
  }

  static ObjectNode tree(Object object) {
    return (ObjectNode) read(Objects.json(object));
  }

  @SuppressWarnings("unchecked")
  private static <T extends HasMetadata> T parse(ObjectNode tree, T like) {
    return (T) Objects.parse(tree.toString(), like.getClass());
  }

  static JsonNode read(String text) {
    try {
      return JSON.readTree(text);
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  static KubernetesClientException refusal(int code, String reason, String message) {
    Status status = new StatusBuilder().withCode(code).withReason(reason).withMessage(message).build();
    return new KubernetesClientException(message, code, status);
  }

  private TreeMap<Key, HasMetadata> table(Class<?> kind) {
    return objects.computeIfAbsent(kind, k -> new TreeMap<>());
  }

  private List<Change> log(Class<?> kind) {
    return logs.computeIfAbsent(kind, k -> new ArrayList<>());
  }
}
