package io.kubrig.kubelet.pod;

/** The labels and annotations by which a kubelet finds its own sandboxes and containers in the runtime again. */
public final class RuntimeLabels {
  public static final String POD_NAME = "io.kubernetes.pod.name";
  public static final String POD_NAMESPACE = "io.kubernetes.pod.namespace";
  public static final String POD_UID = "io.kubernetes.pod.uid";
  public static final String CONTAINER_NAME = "io.kubernetes.container.name";

  public static final String CONTAINER_HASH = "io.kubernetes.container.hash";
  public static final String RESTART_COUNT = "io.kubernetes.container.restartCount";
  public static final String TERMINATION_MESSAGE_PATH = "io.kubernetes.container.terminationMessagePath";
  public static final String TERMINATION_MESSAGE_POLICY = "io.kubernetes.container.terminationMessagePolicy";
  public static final String CONTAINER_PORTS = "io.kubernetes.container.ports";
  public static final String PRE_STOP_HANDLER = "io.kubernetes.container.preStopHandler";
  public static final String POD_DELETION_GRACE_PERIOD = "io.kubernetes.pod.deletionGracePeriod";
  public static final String POD_TERMINATION_GRACE_PERIOD = "io.kubernetes.pod.terminationGracePeriod";

  /** Where a pod came from: {@code api} or {@code file}. */
  public static final String CONFIG_SOURCE = "kubernetes.io/config.source";
  public static final String CONFIG_SEEN = "kubernetes.io/config.seen";
  /** Identifies a version of a static pod; the static pod's UID is the first version's. */
  public static final String CONFIG_HASH = "kubernetes.io/config.hash";
  /** On a mirror pod: the hash of the static pod that it shows. */
  public static final String CONFIG_MIRROR = "kubernetes.io/config.mirror";

  private RuntimeLabels() {}
}
