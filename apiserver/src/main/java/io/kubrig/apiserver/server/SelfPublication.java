package io.kubrig.apiserver.server;

import io.kubrig.apiserver.authn.RequestHeader;
import io.kubrig.apiserver.kinds.LiveCluster;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.network.Cidr;
import io.kubrig.machinery.network.IpAddress;
import io.kubrig.machinery.pki.PemFiles;
import io.kubrig.machinery.pki.PkiException;
import io.kubrig.machinery.timestamp.Timestamps;
import io.kubrig.machinery.tree.Tree;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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

  /** The endpoints of the service, where others can reach them at all. */
  Optional<MasterEndpoints> endpoints(ServerWrites writes) {
    if (!settings.publishesEndpoints()) {
      return Optional.empty();
    }
    Optional<IpAddress> address = IpAddress.parse(host());
    if (address.isEmpty() || address.get().isLoopback()) {
      LOG.warn("No endpoints are published for the service default/kubernetes: {} cannot be reached by others; set --advertise-address",
          host());
      return Optional.empty();
    }
    return Optional.of(new MasterEndpoints(cluster, bootstrap, writes, host(), (int) port()));
  }

  /** Adds what this server trusts to what others on the same storage do. */
  private void authentication() {
    Tree known =
        cluster.get("", "configmaps", "kube-system", "extension-apiserver-authentication").map(map -> map.tree("data"))
            .orElse(Tree.empty());
    Tree data = new Tree();
    List<X509Certificate> clients = union(known, "client-ca-file", settings.security().clientAuthorities());
    if (!clients.isEmpty()) {
      data.set("client-ca-file", pem(clients));
    }
    requestHeader(settings.security().requestHeader(), known, data);
    if (!data.isEmpty() && !data.equals(known)) {
      Tree metadata = Tree.of("name", "extension-apiserver-authentication", "namespace", "kube-system");
      bootstrap.apply("", "configmaps", Tree.of("metadata", metadata, "data", data));
    }
  }

  private void requestHeader(Optional<RequestHeader.Settings> proxy, Tree known, Tree data) {
    List<X509Certificate> authorities = union(known, "requestheader-client-ca-file", proxy.map(RequestHeader.Settings::authorities)
        .orElse(List.of()));
    if (authorities.isEmpty()) {
      return;
    }
    union(known, data, "requestheader-username-headers", proxy.map(RequestHeader.Settings::usernameHeaders));
    union(known, data, "requestheader-uid-headers", proxy.map(RequestHeader.Settings::uidHeaders));
    union(known, data, "requestheader-group-headers", proxy.map(RequestHeader.Settings::groupHeaders));
    union(known, data, "requestheader-extra-headers-prefix", proxy.map(RequestHeader.Settings::extraPrefixes));
    data.set("requestheader-client-ca-file", pem(authorities));
    union(known, data, "requestheader-allowed-names", proxy.map(RequestHeader.Settings::allowedNames));
    if (data.string("requestheader-uid-headers").equals("[]")) {
      data.remove("requestheader-uid-headers");
    }
  }

  private static void union(Tree known, Tree data, String member, Optional<List<String>> own) {
    Set<String> all = new LinkedHashSet<>();
    String text = known.string(member);
    if (!text.isEmpty()) {
      ((List<?>) Json.read(text)).forEach(element -> all.add(String.valueOf(element)));
    }
    own.ifPresent(all::addAll);
    data.set(member, Json.text(new ArrayList<Object>(all)));
  }

  /** Certificates of both, each once, without those that have expired. */
  private List<X509Certificate> union(Tree known, String member, List<X509Certificate> own) {
    Set<X509Certificate> all = new LinkedHashSet<>();
    if (!known.string(member).isEmpty()) {
      try {
        all.addAll(PemFiles.certificates(known.string(member), "configmaps/extension-apiserver-authentication"));
      } catch (PkiException e) {
        LOG.warn("What is published of {} cannot be read and is replaced: {}", member, e.getMessage());
      }
    }
    all.addAll(own);
    Date now = Date.from(settings.clock().now());
    return all.stream().filter(certificate -> certificate.getNotAfter().after(now)).toList();
  }

  private static String pem(List<X509Certificate> certificates) {
    return PemFiles.text(certificates);
  }

  private static List<Object> list(Object... elements) {
    return new ArrayList<>(List.of(elements));
  }
}
