package io.kubrig.apiserver.server;

import io.kubrig.apiserver.authn.RequestHeader;
import io.kubrig.apiserver.kinds.LiveCluster;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.network.Cidr;
import io.kubrig.machinery.network.IpAddress;
import io.kubrig.machinery.pki.PemFiles;
import io.kubrig.machinery.timestamp.Timestamps;
import io.kubrig.machinery.tree.Tree;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What tells the cluster of its API server: the Service {@code kubernetes} with its endpoints, the range of services, and whom extension
 * API servers may trust. (Source: pkg/controlplane of native.)
 */
final class SelfPublication {
  private static final Logger LOG = LoggerFactory.getLogger(SelfPublication.class);
  private static final String NAME = "kubernetes";
  private static final String HTTPS = "https";
  private static final long HTTPS_PORT = 443;

  private final Bootstrap bootstrap;
  private final LiveCluster cluster;
  private final ApiServerSettings settings;

  SelfPublication(Bootstrap bootstrap, LiveCluster cluster, ApiServerSettings settings) {
    this.bootstrap = bootstrap;
    this.cluster = cluster;
    this.settings = settings;
  }

  void publish() {
    serviceRange();
    authentication();
    service();
    if (settings.publishesEndpoints()) {
      endpoints();
    }
  }

  private void serviceRange() {
    if (cluster.get("networking.k8s.io", "servicecidrs", "", NAME).isPresent()) {
      return;
    }
    Tree ready =
        Tree.of(
            "type", "Ready",
            "status", "True",
            "lastTransitionTime", Timestamps.format(settings.clock().now()),
            "reason", "",
            "message", "Kubernetes default Service CIDR is ready");
    cluster.create(
        "networking.k8s.io",
        "servicecidrs",
        Tree.of(
            "metadata", Tree.of("name", NAME),
            "spec", Tree.of("cidrs", new ArrayList<Object>(settings.cluster().serviceRanges())),
            "status", Tree.of("conditions", list(ready))));
  }

  private void service() {
    Cidr range = Cidr.parse(settings.cluster().serviceRanges().getFirst()).orElseThrow();
    String first = range.network().plus(BigInteger.ONE).toString();
    Tree port = Tree.of("name", HTTPS, "protocol", "TCP", "port", HTTPS_PORT, "targetPort", port());
    Tree spec =
        Tree.of(
            "clusterIP", first,
            "ports", list(port),
            "type", "ClusterIP",
            "ipFamilyPolicy", "SingleStack",
            "sessionAffinity", "None");
    Tree metadata =
        Tree.of("name", NAME, "namespace", "default", "labels", Tree.of("component", "apiserver", "provider", "kubernetes"));
    bootstrap.create("", "services", Tree.of("metadata", metadata, "spec", spec));
  }

  private long port() {
    return Long.parseLong(settings.externalAddress().substring(settings.externalAddress().lastIndexOf(':') + 1));
  }

  private String host() {
    String external = settings.externalAddress();
    return external.substring(0, external.lastIndexOf(':')).replace("[", "").replace("]", "");
  }

  private void endpoints() {
    Optional<IpAddress> address = IpAddress.parse(host());
    if (address.isEmpty() || address.get().isLoopback()) {
      LOG.warn("No endpoints are published for the service default/kubernetes: {} cannot be reached by others; set --advertise-address",
          host());
      return;
    }
    Tree port = Tree.of("name", HTTPS, "port", port(), "protocol", "TCP");
    Tree subset = Tree.of("addresses", list(Tree.of("ip", host())), "ports", list(port));
    bootstrap.apply(
        "",
        "endpoints",
        Tree.of(
            "metadata",
                Tree.of("name", NAME, "namespace", "default", "labels", Tree.of("endpointslice.kubernetes.io/skip-mirror", "true")),
            "subsets", list(subset)));
    Tree endpoint = Tree.of("addresses", list(host()), "conditions", Tree.of("ready", true));
    bootstrap.apply(
        "discovery.k8s.io",
        "endpointslices",
        Tree.of(
            "metadata", Tree.of("name", NAME, "namespace", "default", "labels", Tree.of("kubernetes.io/service-name", NAME)),
            "addressType", address.get().v6() ? "IPv6" : "IPv4",
            "endpoints", list(endpoint),
            "ports", list(port.copy())));
  }

  private void authentication() {
    Tree data = new Tree();
    if (!settings.security().clientAuthorities().isEmpty()) {
      data.set("client-ca-file", pem(settings.security().clientAuthorities()));
    }
    settings.security().requestHeader().ifPresent(proxy -> requestHeader(proxy, data));
    if (!data.isEmpty()) {
      Tree metadata = Tree.of("name", "extension-apiserver-authentication", "namespace", "kube-system");
      bootstrap.apply("", "configmaps", Tree.of("metadata", metadata, "data", data));
    }
  }

  private static void requestHeader(RequestHeader.Settings proxy, Tree data) {
    data.set("requestheader-client-ca-file", pem(proxy.authorities()));
    data.set("requestheader-allowed-names", json(proxy.allowedNames()));
    data.set("requestheader-username-headers", json(proxy.usernameHeaders()));
    data.set("requestheader-uid-headers", json(proxy.uidHeaders()));
    data.set("requestheader-group-headers", json(proxy.groupHeaders()));
    data.set("requestheader-extra-headers-prefix", json(proxy.extraPrefixes()));
  }

  private static String pem(List<X509Certificate> certificates) {
    return PemFiles.text(certificates);
  }

  private static String json(List<String> texts) {
    return Json.text(new ArrayList<Object>(texts));
  }

  private static List<Object> list(Object... elements) {
    return new ArrayList<>(List.of(elements));
  }
}
