package io.kubrig.apiserver.authz;

import io.kubrig.apiserver.authz.PodReferences.Ref;
import io.kubrig.machinery.tree.Tree;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;

/**
 * Which objects belong to which node, kept while pods, volumes, attachments and slices change.
 *
 * <p>Invariant: {@code users} counts, for each object, the pods per node that refer to it; {@code pods} remembers what each pod added, so
 * that a changed pod takes exactly that away.
 */
final class NodeGraph {
  private static final String MIRROR = "kubernetes.io/config.mirror";

  private record PodEntry(String node, Set<Ref> refs) {}

  private record Volume(String namespace, String claim, Set<Ref> secrets) {}

  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private final Map<String, PodEntry> pods = new HashMap<>();
  private final Map<Ref, Map<String, Integer>> users = new HashMap<>();
  private final Map<String, Volume> volumes = new HashMap<>();
  private final Map<Ref, Set<String>> volumesOfSecret = new HashMap<>();
  private final Map<String, String> attachments = new HashMap<>();
  private final Map<String, String> slices = new HashMap<>();

  NodeGraph(ObjectReader objects) {
    follow(objects, "", "pods", this::putPod, this::removePod);
    follow(objects, "", "persistentvolumes", this::putVolume, this::removeVolume);
    follow(objects, "storage.k8s.io", "volumeattachments",
        object -> attachments.put(name(object), object.tree("spec").string("nodeName")), object -> attachments.remove(name(object)));
    follow(objects, "resource.k8s.io", "resourceslices",
        object -> slices.put(name(object), object.tree("spec").string("nodeName")), object -> slices.remove(name(object)));
  }

  private void follow(ObjectReader objects, String group, String resource, Consumer<Tree> put, Consumer<Tree> removed) {
    objects.follow(
        group,
        resource,
        new ObjectReader.Follower() {
          @Override
          public void put(Tree object) {
            change(put, object);
          }

          @Override
          public void removed(Tree object) {
            change(removed, object);
          }

          @Override
          public boolean heeds(Map<String, String> fields) {
            return !resource.equals("pods") || !fields.getOrDefault("spec.nodeName", "").isEmpty();
          }
        });
  }

  private void change(Consumer<Tree> action, Tree object) {
    lock.writeLock().lock();
    try {
      action.accept(object);
    } finally {
      lock.writeLock().unlock();
    }
  }

  private static String name(Tree object) {
    return object.tree("metadata").string("name");
  }

  private static String podKey(Tree pod) {
    return pod.tree("metadata").string("namespace") + "/" + name(pod);
  }

  private void putPod(Tree pod) {
    String node = pod.tree("spec").string("nodeName");
    if (node.isEmpty()) {
      return;
    }
    // a mirror pod is written by the kubelet itself: it must not open anything
    boolean mirror = pod.at("metadata", "annotations").has(MIRROR);
    PodEntry entry = new PodEntry(node, mirror ? Set.of() : PodReferences.of(pod));
    PodEntry old = pods.put(podKey(pod), entry);
    if (entry.equals(old)) {
      return;
    }
    entry.refs.forEach(ref -> users.computeIfAbsent(ref, r -> new HashMap<>(2)).merge(node, 1, Integer::sum));
    forget(old);
  }

  private void removePod(Tree pod) {
    forget(pods.remove(podKey(pod)));
  }

  private void forget(PodEntry entry) {
    if (entry == null) {
      return;
    }
    for (Ref ref : entry.refs) {
      users.computeIfPresent(
          ref,
          (r, nodes) -> {
            nodes.computeIfPresent(entry.node, (node, count) -> count == 1 ? null : count - 1);
            return nodes.isEmpty() ? null : nodes;
          });
    }
  }

  private void putVolume(Tree object) {
    removeVolume(object);
    Tree claim = object.at("spec", "claimRef");
    if (claim.isEmpty()) {
      return;
    }
    Volume volume = new Volume(claim.string("namespace"), claim.string("name"), PodReferences.secretsOf(object));
    volumes.put(name(object), volume);
    volume.secrets.forEach(secret -> volumesOfSecret.computeIfAbsent(secret, s -> new HashSet<>(2)).add(name(object)));
  }

  private void removeVolume(Tree object) {
    Volume old = volumes.remove(name(object));
    if (old != null) {
      old.secrets.forEach(
          secret ->
              volumesOfSecret.computeIfPresent(
                  secret,
                  (s, names) -> {
                    names.remove(name(object));
                    return names.isEmpty() ? null : names;
                  }));
    }
  }

  /** Whether an object belongs to a node. */
  boolean belongs(String node, String resource, String namespace, String name) {
    lock.readLock().lock();
    try {
      return switch (resource) {
        case "pods" -> pods.containsKey(namespace + "/" + name) && pods.get(namespace + "/" + name).node.equals(node);
        case "persistentvolumes" -> isUsedVolume(node, name);
        case "volumeattachments" -> node.equals(attachments.get(name));
        case "resourceslices" -> node.equals(slices.get(name));
        case "secrets" -> {
          Ref secret = new Ref(resource, namespace, name);
          yield isUsed(node, secret)
              || volumesOfSecret.getOrDefault(secret, Set.of()).stream().anyMatch(volume -> isUsedVolume(node, volume));
        }
        default -> isUsed(node, new Ref(resource, namespace, name));
      };
    } finally {
      lock.readLock().unlock();
    }
  }

  private boolean isUsed(String node, Ref ref) {
    return users.getOrDefault(ref, Map.of()).containsKey(node);
  }

  private boolean isUsedVolume(String node, String name) {
    Volume volume = volumes.get(name);
    return volume != null && isUsed(node, new Ref("persistentvolumeclaims", volume.namespace, volume.claim));
  }
}
