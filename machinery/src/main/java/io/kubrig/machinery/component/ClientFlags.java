package io.kubrig.machinery.component;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.kubrig.machinery.flags.Flag;
import io.kubrig.machinery.flags.FlagSection;
import io.kubrig.machinery.flags.FlagSet;
import io.kubrig.machinery.flags.FlagTypes;
import io.kubrig.machinery.flags.ParsedFlags;

/** The native flags of a component's connection to the API: {@code --kubeconfig}, {@code --master}, {@code --kube-api-*}. */
public final class ClientFlags {
  private final String component;
  private final Flag<String> kubeconfig;
  private final Flag<String> master;
  private final Flag<Double> qps;
  private final Flag<Integer> burst;

  /**
   * Declares the flags in one section.
   *
   * @param defaultQps requests per second
   * @param defaultBurst requests at once beyond that
   */
  public ClientFlags(FlagSet flags, String sectionTitle, double defaultQps, int defaultBurst) {
    component = flags.command();
    FlagSection section = flags.section(sectionTitle);
    kubeconfig = section.string("kubeconfig", "", "Path to kubeconfig file with authorization and master location information.");
    master = section.string("master", "", "The address of the Kubernetes API server (overrides any value in kubeconfig).");
    qps = section.float32("kube-api-qps", defaultQps, "QPS to use while talking with kubernetes apiserver.");
    burst = section.int32("kube-api-burst", defaultBurst, "Burst to use while talking with kubernetes apiserver.");
    section.inert(
        "kube-api-content-type",
        FlagTypes.STRING,
        "application/vnd.kubernetes.protobuf",
        "the client speaks JSON");
  }

  /** What the flags ask of the client. */
  public ClientSettings settings(ParsedFlags flags) {
    return new ClientSettings(component, flags.value(kubeconfig), flags.value(master), flags.value(qps), flags.value(burst));
  }

  /** Opens the client. */
  public KubernetesClient open(ParsedFlags flags, Environment environment) {
    return environment.clients().open(settings(flags));
  }
}
