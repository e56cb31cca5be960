package io.kubrig.kubelet.pod;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What the runtime knows of one pod.
 *
 * @param sandboxes the newest first
 * @param containers every instance of every container, the newest first
 */
public record RuntimePod(String uid, String namespace, String name, List<Sandbox> sandboxes, List<Instance> containers) {
  public RuntimePod {
    sandboxes = List.copyOf(sandboxes);
    containers = List.copyOf(containers);
  }

  /** A pod of which the runtime knows nothing. */
  public static RuntimePod absent(String uid, String namespace, String name) {
    return new RuntimePod(uid, namespace, name, List.of(), List.of());
  }

  /**
   * The namespaces of one pod.
   *
   * @param ips the pod's addresses; empty on the host's network
   */
  public record Sandbox(String id, boolean ready, Instant createdAt, int attempt, List<String> ips, boolean hostNetwork) {}

  /** Where an instance of a container stands. */
  public enum State {
    CREATED,
    RUNNING,
    EXITED,
    UNKNOWN
  }

  /**
   * One run of one container.
   *
   * @param hash of the container's definition when it was made
   * @param message the runtime's, or what the container left as its termination message
   * @param user who its first process is; null when the runtime does not tell
   */
  public record Instance(
      String id,
      String sandboxId,
      String name,
      State state,
      int restartCount,
      String hash,
      Times times,
      int exitCode,
      String reason,
      String message,
      ImageUse image,
      User user) {
    public boolean running() {
      return state == State.RUNNING;
    }

    public boolean exited() {
      return state == State.EXITED;
    }
  }

  /** When a run was made, began and ended; a time that has not come is {@link Instant#EPOCH}. */
  public record Times(Instant created, Instant started, Instant finished) {}

  /** The image of a run: its name, and the reference that says which content it was. */
  public record ImageUse(String name, String reference) {}

  /** The numbers of a process's user and groups. */
  public record User(long uid, long gid, List<Long> supplementalGroups) {}

  /** The newest run of a container. */
  public Optional<Instance> latest(String container) {
    return containers.stream().filter(instance -> instance.name().equals(container)).findFirst();
  }

  /** The run before the newest. */
  public Optional<Instance> previous(String container) {
    return containers.stream().filter(instance -> instance.name().equals(container)).skip(1).findFirst();
  }

  public Optional<Instance> byId(String id) {
    return containers.stream().filter(instance -> instance.id().equals(id)).findFirst();
  }

  public Optional<Sandbox> newestSandbox() {
    return sandboxes.stream().findFirst();
  }

  public List<Instance> running() {
    return containers.stream().filter(Instance::running).toList();
  }

  /** Whether nothing of the pod is alive: no container runs and no sandbox is ready. */
  public boolean dead() {
    return containers.stream().noneMatch(c -> c.state() == State.RUNNING || c.state() == State.UNKNOWN)
        && sandboxes.stream().noneMatch(Sandbox::ready);
  }

  /** The addresses of the newest sandbox that is ready, or of the newest at all. */
  public List<String> ips() {
    return sandboxes.stream().filter(Sandbox::ready).findFirst().or(this::newestSandbox).map(Sandbox::ips).orElse(List.of());
  }
}
