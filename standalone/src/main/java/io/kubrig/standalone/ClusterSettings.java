package io.kubrig.standalone;

import io.kubrig.standalone.kubeadm.InitConfiguration;
import io.kubrig.standalone.kubeadm.Networking;
import java.net.InetAddress;
import java.nio.file.Path;

/**
 * What a whole cluster in one process is made of.
 *
 * @param directory keys, kubeconfigs, storage and logs
 * @param node what the nodes are
 * @param storage {@code embedded}, {@code memory} or {@code etcd=URL}
 * @param securePort the API server's port
 * @param nodeName the name of this machine as a node
 * @param address the address of this machine that others reach it by
 * @param init what {@code init} was told; null for a cluster that no other machine joins
 */
record ClusterSettings(
    DataDirectory directory, NodeMode node, String storage, int securePort, String nodeName, InetAddress address, InitConfiguration init) {
  static final int DEFAULT_PORT = 6443;

  /** A cluster that no other machine joins. */
  ClusterSettings(DataDirectory directory, NodeMode node, String storage, int securePort, String nodeName, InetAddress address) {
    this(directory, node, storage, securePort, nodeName, address, null);
  }

  /** A cluster as {@code init} makes it. */
  static ClusterSettings of(DataDirectory directory, InitConfiguration init) {
    return new ClusterSettings(directory, new NodeMode.Containerd(), "embedded", init.bindPort(), init.node().name(),
        init.advertiseAddress(), init);
  }

  /** Whether other machines may join. */
  boolean joinable() {
    return init != null;
  }

  Networking networking() {
    return joinable() ? init.cluster().networking() : Networking.STANDARD;
  }

  Path pki() {
    return joinable() ? init.cluster().certificatesDir() : directory.pki();
  }

  Path storageDirectory() {
    return joinable() ? init.cluster().dataDir() : directory.storage();
  }

  /** The container runtime that is there; empty for one of the node's own. */
  String criSocket() {
    return joinable() ? init.node().criSocket() : "";
  }

  /** Where this machine finds the API. */
  String server() {
    return "https://" + (joinable() ? address.getHostAddress() : "127.0.0.1") + ":" + securePort;
  }

  /** Where administrators find the API. */
  String publicServer() {
    return joinable() ? "https://" + init.endpoint() : server();
  }
}
