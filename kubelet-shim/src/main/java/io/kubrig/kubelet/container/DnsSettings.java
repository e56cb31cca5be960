package io.kubrig.kubelet.container;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodDNSConfigOption;
import io.kubrig.kubelet.cri.v1.DNSConfig;
import io.kubrig.kubelet.pod.Containers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Name resolution for pods: what goes into their {@code resolv.conf}. Source: the API's {@code dnsPolicy} and {@code dnsConfig},
 * resolv.conf(5).
 *
 * @param clusterDns addresses of the cluster's name servers
 * @param clusterDomain such as {@code cluster.local}
 * @param hostFile the host's resolv.conf; empty means that pods inherit nothing
 */
public record DnsSettings(List<String> clusterDns, String clusterDomain, String hostFile) {
  private static final int MAX_SERVERS = 3;
  private static final int MAX_SEARCHES = 32;
  private static final int MAX_SEARCH_CHARACTERS = 2048;

  /** The configuration of one pod, and what had to be left out of it, in the words of the event {@code DNSConfigForming}. */
  public record Resolved(DNSConfig config, List<String> complaints) {}

  public Resolved forPod(Pod pod) throws IOException {
    String policy = pod.getSpec().getDnsPolicy() == null ? "ClusterFirst" : pod.getSpec().getDnsPolicy();
    boolean cluster = policy.equals("ClusterFirstWithHostNet") || policy.equals("ClusterFirst") && !Containers.isHostNetwork(pod);
    Lines lines = policy.equals("None") ? Lines.empty() : host();
    if (cluster && !clusterDns.isEmpty()) {
      lines = new Lines(new ArrayList<>(clusterDns), clusterSearches(pod.getMetadata().getNamespace(), lines.searches), List.of("ndots:5"));
    }
    if (pod.getSpec().getDnsConfig() != null) {
      lines = lines.with(pod);
    }
    return limited(lines);
  }

  private List<String> clusterSearches(String namespace, List<String> hostSearches) {
    Set<String> searches = new LinkedHashSet<>();
    if (!clusterDomain.isEmpty()) {
      searches.addAll(List.of(namespace + ".svc." + clusterDomain, "svc." + clusterDomain, clusterDomain));
    }
    searches.addAll(hostSearches);
    return new ArrayList<>(searches);
  }

  private static Resolved limited(Lines lines) {
    List<String> complaints = new ArrayList<>();
    List<String> servers = lines.servers;
    if (servers.size() > MAX_SERVERS) {
      servers = servers.subList(0, MAX_SERVERS);
      complaints.add("Nameserver limits were exceeded, some nameservers have been omitted, the applied nameserver line is: "
          + String.join(" ", servers));
    }
    List<String> searches = lines.searches;
    if (searches.size() > MAX_SEARCHES || String.join(" ", searches).length() > MAX_SEARCH_CHARACTERS) {
      List<String> kept = new ArrayList<>();
      int length = -1;
      for (String search : searches.subList(0, Math.min(MAX_SEARCHES, searches.size()))) {
        length += search.length() + 1;
        if (length > MAX_SEARCH_CHARACTERS) {
          break;
        }
        kept.add(search);
      }
      searches = kept;
      complaints.add("Search Line limits were exceeded, some search paths have been omitted, the applied search line is: "
          + String.join(" ", searches));
    }
    DNSConfig config = DNSConfig.newBuilder().addAllServers(servers).addAllSearches(searches).addAllOptions(lines.options).build();
    return new Resolved(config, complaints);
  }

  private Lines host() throws IOException {
    if (hostFile.isEmpty() || !Files.exists(Path.of(hostFile))) {
      return Lines.empty();
    }
    Lines lines = Lines.empty();
    for (String line : Files.readAllLines(Path.of(hostFile))) {
      String[] words = line.strip().split("\\s+");
      List<String> values = Arrays.asList(words).subList(1, words.length);
      switch (words[0]) {
        case "nameserver" -> lines.servers.addAll(values.subList(0, Math.min(1, values.size())));
        // the last search line counts
        case "search" -> {
          lines.searches.clear();
          lines.searches.addAll(values);
        }
        case "options" -> {
          lines.options.clear();
          lines.options.addAll(values);
        }
        default -> {
          // comments and what resolv.conf(5) calls obsolete
        }
      }
    }
    return lines;
  }

  private record Lines(List<String> servers, List<String> searches, List<String> options) {
    static Lines empty() {
      return new Lines(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    }

    /** Adds what the pod itself asks for; its options replace those of the same name. */
    Lines with(Pod pod) {
      Set<String> allServers = new LinkedHashSet<>(servers);
      allServers.addAll(pod.getSpec().getDnsConfig().getNameservers());
      Set<String> allSearches = new LinkedHashSet<>(searches);
      allSearches.addAll(pod.getSpec().getDnsConfig().getSearches());
      Map<String, String> allOptions = new LinkedHashMap<>();
      options.forEach(option -> allOptions.put(option.split(":", 2)[0], option));
      for (PodDNSConfigOption option : pod.getSpec().getDnsConfig().getOptions()) {
        String value = option.getValue();
        allOptions.put(option.getName(), value == null || value.isEmpty() ? option.getName() : option.getName() + ":" + value);
      }
      return new Lines(new ArrayList<>(allServers), new ArrayList<>(allSearches), new ArrayList<>(allOptions.values()));
    }
  }
}
