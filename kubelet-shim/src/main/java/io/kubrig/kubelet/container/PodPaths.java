package io.kubrig.kubelet.container;

import io.fabric8.kubernetes.api.model.Pod;
import java.nio.file.Path;

/**
 * Where the kubelet keeps a pod's things on this machine.
 *
 * @param root the kubelet's directory, natively /var/lib/kubelet
 * @param logs the directory of the pods' logs, natively /var/log/pods
 * @param containerLogs the directory of links to the logs by container, natively /var/log/containers
 */
public record PodPaths(Path root, Path logs, Path containerLogs) {
  /** The directory of all pods. */
  public Path pods() {
    return root.resolve("pods");
  }

  public Path pod(String uid) {
    return pods().resolve(uid);
  }

  public Path volumes(String uid) {
    return pod(uid).resolve("volumes");
  }

  /** @param plugin such as {@code kubernetes.io/empty-dir} */
  public Path volume(String uid, String plugin, String name) {
    return volumes(uid).resolve(plugin.replace('/', '~')).resolve(name);
  }

  public Path container(String uid, String name) {
    return pod(uid).resolve("containers").resolve(name);
  }

  public Path hosts(String uid) {
    return pod(uid).resolve("etc-hosts");
  }

  public Path logs(Pod pod) {
    return logs(pod.getMetadata().getNamespace(), pod.getMetadata().getName(), pod.getMetadata().getUid());
  }

  public Path logs(String namespace, String name, String uid) {
    return logs.resolve(namespace + "_" + name + "_" + uid);
  }

  /** The link by which log collectors find a container's log. */
  public Path logLink(String namespace, String pod, String container, String containerId) {
    String prefix = pod + "_" + namespace + "_" + container;
    // file names end at 255 bytes, and the suffix must stay whole
    return containerLogs.resolve(prefix.substring(0, Math.min(prefix.length(), 251 - 1 - containerId.length())) + "-" + containerId
        + ".log");
  }

  public Path log(Pod pod, String container, int restartCount) {
    return logs(pod).resolve(container).resolve(restartCount + ".log");
  }
}
