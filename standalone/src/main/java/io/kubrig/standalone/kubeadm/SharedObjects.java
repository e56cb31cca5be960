package io.kubrig.standalone.kubeadm;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.util.Map;

/** The ConfigMaps that machines read when they join, as kubeadm makes them. */
public final class SharedObjects {
  /** The ConfigMap of the cluster's configuration, in kube-system. */
  public static final String KUBEADM_CONFIG = "kubeadm-config";
  /** The ConfigMap of the kubelets' configuration, in kube-system. */
  public static final String KUBELET_CONFIG = "kubelet-config";
  /** The key in {@link #KUBEADM_CONFIG}. */
  public static final String CLUSTER_CONFIGURATION = "ClusterConfiguration";
  /** The key in {@link #KUBELET_CONFIG}. */
  public static final String KUBELET = "kubelet";

  private SharedObjects() {}

  /** The cluster's configuration. */
  public static ConfigMap kubeadmConfig(ClusterConfiguration cluster) {
    return map("kube-system", KUBEADM_CONFIG, CLUSTER_CONFIGURATION, cluster.yaml());
  }

  /** The kubelets' configuration. */
  public static ConfigMap kubeletConfig(ClusterConfiguration cluster) {
    return map("kube-system", KUBELET_CONFIG, KUBELET, kubelet(cluster.networking()));
  }

  /** Where the cluster is. The signatures are added by a controller. */
  public static ConfigMap clusterInfo(ClusterInfo info) {
    return map("kube-public", "cluster-info", ClusterInfo.KUBECONFIG, info.kubeconfig());
  }

  /** The file of the authority is where kubeadm puts it; a kubelet of ours is told its own by a flag. */
  static String kubelet(Networking networking) {
    return """
        apiVersion: kubelet.config.k8s.io/v1beta1
        authentication:
          anonymous:
            enabled: false
          webhook:
            enabled: true
          x509:
            clientCAFile: /etc/kubernetes/pki/ca.crt
        authorization:
          mode: Webhook
        cgroupDriver: cgroupfs
        clusterDNS:
        - %s
        clusterDomain: %s
        kind: KubeletConfiguration
        rotateCertificates: true
        """.formatted(networking.clusterDns().getHostAddress(), networking.dnsDomain());
  }

  private static ConfigMap map(String namespace, String name, String key, String value) {
    return new ConfigMapBuilder().withNewMetadata().withNamespace(namespace).withName(name).endMetadata()
        .withData(Map.of(key, value)).build();
  }
}
