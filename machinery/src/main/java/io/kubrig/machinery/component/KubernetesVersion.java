package io.kubrig.machinery.component;

/** The version of Kubernetes that every part speaks and reports. */
public final class KubernetesVersion {
  public static final String NUMBER = "1.36.2";

  /** As clients and metrics see it: {@code v1.36.2}. */
  public static final String GIT_VERSION = "v" + NUMBER;

  public static final String MAJOR = "1";
  public static final String MINOR = "36";

  private KubernetesVersion() {}
}
