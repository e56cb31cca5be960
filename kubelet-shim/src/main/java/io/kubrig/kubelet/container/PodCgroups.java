package io.kubrig.kubelet.container;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.kubrig.kubelet.pod.Containers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control groups of pods: {@code kubepods/<class>/pod<uid>}, with the sums of the pod's requests and limits.
 *
 * <p>With the systemd driver the runtime makes the slices; limits are then set on containers only.
 */
public final class PodCgroups {
  private static final Logger LOG = LoggerFactory.getLogger(PodCgroups.class);
  private static final Path MOUNT = Path.of("/sys/fs/cgroup");

  private final String root;
  private final boolean systemd;
  private final boolean unified;

  /** @param root below which {@code kubepods} lies, {@code cgroupRoot} of the configuration */
  public PodCgroups(String root, boolean systemd) {
    this.root = root.isEmpty() || root.equals("/") ? "" : "/" + root.replaceAll("^/+|/+$", "");
    this.systemd = systemd;
    this.unified = Files.exists(MOUNT.resolve("cgroup.controllers"));
  }

  /** Whether this machine has the one hierarchy of cgroup v2. */
  public boolean isUnified() {
    return unified;
  }

  /** The name that the runtime is given. */
  String parent(Pod pod) {
    Qos qos = Qos.of(pod);
    String uid = pod.getMetadata().getUid();
    if (systemd) {
      String prefix = root.isEmpty() ? "kubepods" : root.substring(1).replace('/', '-') + "-kubepods";
      String slice = qos == Qos.GUARANTEED ? prefix : prefix + "-" + qos.label().toLowerCase(Locale.ROOT);
      return slice + "-pod" + uid.replace('-', '_') + ".slice";
    }
    return classGroup(qos) + "/pod" + uid;
  }

  private String classGroup(Qos qos) {
    String top = root + "/kubepods";
    return qos == Qos.GUARANTEED ? top : top + "/" + qos.label().toLowerCase(Locale.ROOT);
  }

  /** Makes the pod's group and sets what all its containers together may use. */
  public void create(Pod pod) throws IOException {
    if (systemd) {
      return;
    }
    String group = parent(pod);
    Sums sums = Sums.of(pod);
    if (unified) {
      Path directory = directory("", group);
      Files.createDirectories(directory);
      delegate(group);
      write(directory.resolve("cpu.weight"), Long.toString(weight(sums.shares)));
      write(directory.resolve("cpu.max"), sums.quota == 0 ? "max 100000" : sums.quota + " 100000");
      write(directory.resolve("memory.max"), sums.memory == 0 ? "max" : Long.toString(sums.memory));
      return;
    }
    for (String controller : List.of("cpu", "memory", "pids")) {
      Files.createDirectories(directory(controller, group));
    }
    write(directory("cpu", group).resolve("cpu.shares"), Long.toString(sums.shares));
    write(directory("cpu", group).resolve("cpu.cfs_quota_us"), sums.quota == 0 ? "-1" : Long.toString(sums.quota));
    if (sums.memory > 0) {
      write(directory("memory", group).resolve("memory.limit_in_bytes"), Long.toString(sums.memory));
    }
  }

  /** The directories of a pod's groups, one for each hierarchy. */
  public List<Path> directories(Pod pod) throws IOException {
    List<Path> found = new ArrayList<>();
    for (Path hierarchy : hierarchies()) {
      found.add(hierarchy.resolve(parent(pod).substring(1)));
    }
    return found;
  }

  /** Removes the groups of a pod whose processes are gone. */
  public void remove(String uid) {
    if (systemd) {
      return;
    }
    for (Qos qos : Qos.values()) {
      removeBelow(classGroup(qos) + "/pod" + uid);
    }
  }

  /** Removes every group below the root; for a machine that is to be left as it was. */
  public void removeAll() {
    removeBelow(root.isEmpty() ? "/kubepods" : root);
  }

  private void removeBelow(String group) {
    try {
      for (Path hierarchy : hierarchies()) {
        removeTree(hierarchy.resolve(group.substring(1)));
      }
    } catch (IOException e) {
      LOG.warn("Cannot remove control group {}: {}", group, e.getMessage());
    }
  }

  private static void removeTree(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return;
    }
    List<Path> groups;
    try (Stream<Path> tree = Files.walk(directory)) {
      groups = tree.filter(path -> Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)).sorted(Comparator.reverseOrder()).toList();
    }
    for (Path group : groups) {
      // a group is removed as a directory although it shows files
      Files.deleteIfExists(group);
    }
  }

  private List<Path> hierarchies() throws IOException {
    if (unified) {
      return List.of(MOUNT);
    }
    try (Stream<Path> list = Files.list(MOUNT)) {
      return list.filter(path -> Files.isDirectory(path) && !Files.isSymbolicLink(path)).toList();
    }
  }

  private static Path directory(String controller, String group) {
    return (controller.isEmpty() ? MOUNT : MOUNT.resolve(controller)).resolve(group.substring(1));
  }

  /** In the one hierarchy, children have a controller only where every ancestor passes it on. */
  private static void delegate(String group) throws IOException {
    Path at = MOUNT;
    for (String part : group.substring(1).split("/")) {
      Path control = at.resolve("cgroup.subtree_control");
      if (Files.isWritable(control)) {
        write(control, "+cpu +memory +pids");
      }
      at = at.resolve(part);
    }
  }

  private static void write(Path file, String value) throws IOException {
    Files.writeString(file, value);
  }

  /** Source: KEP-2254, from shares 2..262144 to weight 1..10000. */
  private static long weight(long shares) {
    return 1 + (shares - 2) * 9999 / 262142;
  }

  /** What all containers of a pod together ask for; zero stands for no limit. */
  private record Sums(long shares, long quota, long memory) {
    static Sums of(Pod pod) {
      long request = 0;
      long cpu = 0;
      long memory = 0;
      boolean cpuLimited = true;
      boolean memoryLimited = true;
      List<Container> together = new ArrayList<>(pod.getSpec().getContainers());
      pod.getSpec().getInitContainers().stream().filter(Containers::isSidecar).forEach(together::add);
      for (Container container : together) {
        long cpuLimit = CgroupResources.milli(CgroupResources.limits(container), "cpu");
        long memoryLimit = CgroupResources.bytes(CgroupResources.limits(container), "memory");
        request += CgroupResources.requests(container).containsKey("cpu")
            ? CgroupResources.milli(CgroupResources.requests(container), "cpu") : cpuLimit;
        cpu += cpuLimit;
        memory += memoryLimit;
        cpuLimited &= cpuLimit > 0;
        memoryLimited &= memoryLimit > 0;
      }
      for (Container init : pod.getSpec().getInitContainers()) {
        cpu = Math.max(cpu, CgroupResources.milli(CgroupResources.limits(init), "cpu"));
        memory = Math.max(memory, CgroupResources.bytes(CgroupResources.limits(init), "memory"));
        request = Math.max(request, CgroupResources.milli(CgroupResources.requests(init), "cpu"));
      }
      return new Sums(CgroupResources.shares(request), cpuLimited ? CgroupResources.quota(cpu) : 0, memoryLimited ? memory : 0);
    }
  }
}
