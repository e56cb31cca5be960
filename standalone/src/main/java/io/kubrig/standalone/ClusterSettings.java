package io.kubrig.standalone;

import java.net.InetAddress;

/**
 * What a whole cluster in one process is made of.
 *
 * @param directory keys, kubeconfigs, storage and logs
 * @param node what the nodes are
 * @param storage {@code embedded}, {@code memory} or {@code etcd=URL}
 * @param securePort the API server's port
 * @param nodeName the name of this machine as a node
 * @param address the address of this machine that others reach it by
 */
record ClusterSettings(DataDirectory directory, NodeMode node, String storage, int securePort, String nodeName, InetAddress address) {
  static final int DEFAULT_PORT = 6443;
  static final String CLUSTER_DOMAIN = "cluster.local";
  static final String SERVICE_RANGE = "10.96.0.0/12";
  static final String CLUSTER_DNS = "10.96.0.10";
  static final String POD_RANGE = "10.244.0.0/16";
  static final String FIRST_NODE_RANGE = "10.244.0.0/24";

  /** The first address of the service range, that of the Service {@code kubernetes}. */
  static final InetAddress KUBERNETES_SERVICE = InetAddress.ofLiteral("10.96.0.1");

  /** Where this machine finds the API. */
  String server() {
    return "https://127.0.0.1:" + securePort;
  }
}
