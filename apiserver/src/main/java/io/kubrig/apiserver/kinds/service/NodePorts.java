package io.kubrig.apiserver.kinds.service;

import io.kubrig.apiserver.kinds.LiveCluster;
import io.kubrig.machinery.tree.Tree;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The ports that services hold on every node. What is stored decides: this only remembers who was last given a port, and asks the stored
 * service whether it still has it. Ports that nobody asked for by number come from the upper part of the range first (KEP-3668).
 *
 * <p>Invariant: between {@link #take} and the end of its write a port belongs to the write, whatever is stored.
 */
final class NodePorts {
  private final LiveCluster cluster;
  private final Map<Integer, Holder> holders = new HashMap<>();
  private boolean loaded;

  NodePorts(LiveCluster cluster) {
    this.cluster = cluster;
  }

  /** Who holds a port; {@code pending} until his write has ended. */
  private record Holder(String namespace, String name, boolean pending) {}

  /** Takes a certain port; answers what is wrong, if something is. */
  synchronized Optional<String> take(int port, String namespace, String name) {
    int first = cluster.settings().firstNodePort();
    int last = cluster.settings().lastNodePort();
    if (port < first || port > last) {
      return Optional.of("provided port is not in the valid range. The range of valid ports is " + first + "-" + last);
    }
    if (!isFree(port)) {
      return Optional.of("provided port is already allocated");
    }
    holders.put(port, new Holder(namespace, name, true));
    return Optional.empty();
  }

  /** Takes any free port; empty when there is none. */
  synchronized Optional<Integer> takeAny(String namespace, String name) {
    int first = cluster.settings().firstNodePort();
    int size = cluster.settings().lastNodePort() - first + 1;
    int reserved = size <= 16 ? 0 : Math.min(Math.max(16, size / 32), 128);
    Optional<Integer> upper = probe(first + reserved, size - reserved);
    Optional<Integer> port = upper.isPresent() ? upper : probe(first, reserved);
    port.ifPresent(found -> holders.put(found, new Holder(namespace, name, true)));
    return port;
  }

  private Optional<Integer> probe(int first, int count) {
    if (count <= 0) {
      return Optional.empty();
    }
    int start = cluster.random().nextInt(count);
    for (int i = 0; i < count; i++) {
      int port = first + (start + i) % count;
      if (isFree(port)) {
        return Optional.of(port);
      }
    }
    return Optional.empty();
  }

  /** The write that took a port is stored. */
  synchronized void keep(int port) {
    holders.computeIfPresent(port, (key, holder) -> new Holder(holder.namespace(), holder.name(), false));
  }

  synchronized void release(int port) {
    holders.remove(port);
  }

  private boolean isFree(int port) {
    load();
    Holder holder = holders.get(port);
    if (holder == null) {
      return true;
    }
    return !holder.pending()
        && cluster
            .get("", "services", holder.namespace(), holder.name())
            .filter(service -> ServiceShape.heldPorts(service.tree("spec")).contains(port))
            .isEmpty();
  }

  private void load() {
    if (loaded) {
      return;
    }
    loaded = true;
    for (Tree service : cluster.list("", "services", "")) {
      Tree metadata = service.tree("metadata");
      for (int port : ServiceShape.heldPorts(service.tree("spec"))) {
        holders.putIfAbsent(port, new Holder(metadata.string("namespace"), metadata.string("name"), false));
      }
    }
  }
}
