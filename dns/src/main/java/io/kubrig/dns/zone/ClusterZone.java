package io.kubrig.dns.zone;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.kubrig.dns.message.Answer;
import io.kubrig.dns.message.Question;
import io.kubrig.dns.message.Record;
import io.kubrig.dns.message.ResponseCode;
import io.kubrig.dns.message.Type;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The zone of the cluster's domain, and the reverse names of its services and endpoints.
 *
 * <p>A name that exists without the wanted type is answered with no record (NODATA); one that does not exist, nor any name below it, with
 * NXDOMAIN; both carry the zone's SOA. Owner names in answers have the case of the question.
 */
public final class ClusterZone {
  private static final String SPECIFICATION = "1.1.0";
  private static final int WEIGHT_TOTAL = 100;
  private static final int SOA_REFRESH = 7200;
  private static final int SOA_RETRY = 1800;
  private static final int SOA_EXPIRE = 86400;

  private final ClusterView cluster;
  private final String domain;
  private final int ttl;

  /**
   * @param domain the cluster's domain without dots around it, such as cluster.local
   * @param ttl how long answers, and absence, may be remembered. Unit: seconds
   */
  public ClusterZone(ClusterView cluster, String domain, int ttl) {
    this.cluster = cluster;
    this.domain = domain.toLowerCase(Locale.ROOT);
    this.ttl = ttl;
  }

  /** What a name in the zone holds. */
  private sealed interface Found {
    /** Nothing, and nothing below it. */
    record Nothing() implements Found {
    }

    /** A name with these records; an empty list is a name that only has others below it. */
    record Records(List<Record> records, List<Record> additional) implements Found {
    }

    /** Another name's alias outside the zone, to be looked up elsewhere too. */
    record Alias(String target) implements Found {
    }
  }

  /** An answer, and the outside name whose addresses are to be added, empty for none. */
  public record Reply(Answer answer, String aliasTarget) {
  }

  /** Whether the question is for this zone or, being a reverse name, may be. */
  public boolean covers(Question question) {
    String name = question.lowerName();
    return name.equals(domain) || name.endsWith("." + domain) || Names.reversed(name).isPresent();
  }

  /** Answers a question of the zone; empty when the name is not of this zone and others are to be asked. */
  public Optional<Reply> answer(Question question) {
    String name = question.lowerName();
    if (question.dnsClass() != Question.CLASS_IN) {
      return Optional.empty();
    }
    if (name.equals(domain) || name.endsWith("." + domain)) {
      String relative = name.equals(domain) ? "" : name.substring(0, name.length() - domain.length() - 1);
      return Optional.of(reply(question, find(question, relative)));
    }
    return Names.reversed(name).map(address -> pointers(question, address)).filter(records -> !records.isEmpty())
        .map(records -> reply(question, new Found.Records(records, List.of())));
  }

  private Reply reply(Question question, Found found) {
    return switch (found) {
      case Found.Nothing _ -> new Reply(new Answer(ResponseCode.NXDOMAIN, List.of(), List.of(authority()), List.of()), "");
      case Found.Records records -> {
        List<Record> wanted = records.records().stream()
            .filter(record -> question.type() == Type.ANY || record.data().type() == question.type()).toList();
        yield new Reply(wanted.isEmpty() ? new Answer(ResponseCode.NOERROR, List.of(), List.of(authority()), List.of())
            : new Answer(ResponseCode.NOERROR, wanted, List.of(), question.type() == Type.SRV ? records.additional() : List.of()), "");
      }
      case Found.Alias alias -> new Reply(new Answer(ResponseCode.NOERROR,
          List.of(new Record(question.name(), ttl, new Record.Name(Type.CNAME, alias.target()))), List.of(), List.of()),
          question.type() == Type.CNAME ? "" : alias.target());
    };
  }

  private Record authority() {
    return new Record(domain, ttl,
        new Record.Authority("ns.dns." + domain, "hostmaster." + domain, cluster.serial(), SOA_REFRESH, SOA_RETRY, SOA_EXPIRE, ttl));
  }

  private Found find(Question question, String relative) {
    String[] labels = relative.isEmpty() ? new String[0] : relative.split("\\.");
    String last = labels.length == 0 ? "" : labels[labels.length - 1];
    if (labels.length == 0) {
      return records(List.of(authority(), new Record(question.name(), ttl, new Record.Name(Type.NS, "ns.dns." + domain))));
    }
    if (relative.equals("dns-version")) {
      return records(List.of(new Record(question.name(), ttl, new Record.Text(SPECIFICATION))));
    }
    if (relative.equals("dns")) {
      return records(List.of());
    }
    return switch (last) {
      case "svc" -> inServices(question, labels);
      case "pod" -> inPods(question, labels);
      default -> new Found.Nothing();
    };
  }

  private Found inPods(Question question, String[] labels) {
    if (labels.length == 1) {
      return records(List.of());
    }
    if (labels.length > 3 || !cluster.hasNamespace(labels[labels.length - 2])) {
      return new Found.Nothing();
    }
    if (labels.length == 2) {
      return records(List.of());
    }
    return Names.undashed(labels[0]).<Found>map(address -> records(List.of(record(question, address)))).orElseGet(Found.Nothing::new);
  }

  private Found inServices(Question question, String[] labels) {
    int n = labels.length;
    if (n == 1 || n == 2) {
      return n == 1 || cluster.hasNamespace(labels[0]) ? records(List.of()) : new Found.Nothing();
    }
    Optional<Service> service = cluster.service(labels[n - 2], labels[n - 3]).filter(found -> found.getSpec() != null);
    if (service.isEmpty() || n > 5) {
      return new Found.Nothing();
    }
    String[] below = Arrays.copyOf(labels, n - 3);
    if ("ExternalName".equals(service.get().getSpec().getType())) {
      String target = Objects.toString(service.get().getSpec().getExternalName(), "");
      return below.length > 0 || target.isEmpty() ? new Found.Nothing()
          : new Found.Alias(target.endsWith(".") ? target.substring(0, target.length() - 1) : target);
    }
    return headless(service.get()) ? inHeadless(question, service.get(), below) : inClusterIp(question, service.get(), below);
  }

  private static boolean headless(Service service) {
    return "None".equals(service.getSpec().getClusterIP());
  }

  private Found inClusterIp(Question question, Service service, String[] below) {
    List<Record> addresses = clusterIps(service).map(address -> record(question, address)).toList();
    if (below.length == 0) {
      List<Record> all = new ArrayList<>(addresses);
      service.getSpec().getPorts().stream().filter(port -> named(port))
          .forEach(port -> all.add(srv(question, WEIGHT_TOTAL, port.getPort(), nameOf(service))));
      return new Found.Records(all, additional(service));
    }
    return ports(below, service.getSpec().getPorts().stream().filter(ClusterZone::named)
        .map(port -> new Port(port.getName(), protocol(port), srv(question, WEIGHT_TOTAL, port.getPort(), nameOf(service)))).toList(),
            additional(service));
  }

  /** A named port with its SRV record. */
  private record Port(String name, String protocol, Record record) {
  }

  /** What is at _port._protocol or _protocol below a service. */
  private static Found ports(String[] below, List<Port> ports, List<Record> additional) {
    String protocol = below[below.length - 1];
    List<Port> ofProtocol = ports.stream().filter(port -> protocol.equals("_" + port.protocol())).toList();
    if (ofProtocol.isEmpty()) {
      return new Found.Nothing();
    }
    if (below.length == 1) {
      return records(List.of());
    }
    List<Record> found = ofProtocol.stream().filter(port -> below[0].equals("_" + port.name().toLowerCase(Locale.ROOT))).map(Port::record)
        .toList();
    return found.isEmpty() ? new Found.Nothing() : new Found.Records(found, additional);
  }

  private Found inHeadless(Question question, Service service, String[] below) {
    String namespace = service.getMetadata().getNamespace();
    Endpoints endpoints = Endpoints.of(cluster.slices(namespace, service.getMetadata().getName()));
    if (below.length == 1 && !below[0].startsWith("_")) {
      endpoints = endpoints.named(below[0]);
    }
    if (endpoints.entries().isEmpty()) {
      return new Found.Nothing();
    }
    boolean whole = below.length == 0 || !below[below.length - 1].startsWith("_");
    String base = nameOf(service);
    long hosts = endpoints.entries().stream().map(Endpoints.Entry::address).distinct().count();
    int weight = Math.max(1, WEIGHT_TOTAL / (int) Math.max(1, hosts));
    List<Record> addresses = endpoints.entries().stream().map(Endpoints.Entry::address).distinct().map(address -> record(question, address))
        .toList();
    List<Port> ports = endpoints.entries().stream().filter(entry -> entry.port() != 0)
        .map(entry -> new Port(entry.portName(), entry.protocol(), srv(question, weight, entry.port(), entry.host() + "." + base)))
            .toList();
    List<Record> additional = endpoints.entries().stream()
        .map(entry -> new Record(entry.host() + "." + base, ttl, new Record.Address(entry.address()))).distinct()
        .toList();
    if (!whole) {
      return below.length == 2 && !below[0].startsWith("_") ? new Found.Nothing()
          : ports(below, ports.stream().filter(port -> !port.name().isEmpty()).toList(),
          additional);
    }
    if (below.length > 1) {
      return new Found.Nothing();
    }
    return new Found.Records(Stream.concat(addresses.stream(),
        ports.stream().filter(port -> !port.name().isEmpty()).map(Port::record).distinct()).toList(), additional);
  }

  private List<Record> pointers(Question question, InetAddress address) {
    Set<String> targets = new LinkedHashSet<>();
    String key = Names.canonical(address);
    for (Service service : cluster.servicesAt(key)) {
      targets.add(nameOf(service));
    }
    if (targets.isEmpty()) {
      for (EndpointSlice slice : cluster.slicesWith(key)) {
        endpointNames(slice, address).forEach(targets::add);
      }
    }
    return targets.stream().map(target -> new Record(question.name(), ttl, new Record.Name(Type.PTR, target))).toList();
  }

  /** Endpoints have names of their own in headless services, and elsewhere when they say a hostname. */
  private Stream<String> endpointNames(EndpointSlice slice, InetAddress address) {
    String name = slice.getMetadata().getLabels() == null ? null : slice.getMetadata().getLabels().get("kubernetes.io/service-name");
    Optional<Service> service = name == null ? Optional.empty() : cluster.service(slice.getMetadata().getNamespace(), name);
    return service.filter(found -> found.getSpec() != null && headless(found)).stream()
        .flatMap(found -> slice.getEndpoints().stream().filter(endpoint -> contains(endpoint, address))
            .map(endpoint -> Endpoints.host(endpoint, address) + "." + nameOf(found)));
  }

  private static boolean contains(Endpoint endpoint, InetAddress address) {
    return endpoint.getAddresses().stream().map(Names::address).flatMap(Optional::stream).anyMatch(address::equals);
  }

  private static Stream<InetAddress> clusterIps(Service service) {
    List<String> all = service.getSpec().getClusterIPs();
    List<String> literals = all == null || all.isEmpty() ? Stream.ofNullable(service.getSpec().getClusterIP()).toList() : all;
    return literals.stream().map(Names::address).flatMap(Optional::stream);
  }

  private List<Record> additional(Service service) {
    return clusterIps(service).map(address -> new Record(nameOf(service), ttl, new Record.Address(address))).toList();
  }

  private String nameOf(Service service) {
    return service.getMetadata().getName() + "." + service.getMetadata().getNamespace() + ".svc." + domain;
  }

  private static boolean named(ServicePort port) {
    return port.getName() != null && !port.getName().isEmpty();
  }

  private static String protocol(ServicePort port) {
    return port.getProtocol() == null ? "tcp" : port.getProtocol().toLowerCase(Locale.ROOT);
  }

  private Record record(Question question, InetAddress address) {
    return new Record(question.name(), ttl, new Record.Address(address));
  }

  private Record srv(Question question, int weight, int port, String target) {
    return new Record(question.name(), ttl, new Record.Service(0, weight, port, target));
  }

  private static Found records(List<Record> records) {
    return new Found.Records(records, List.of());
  }
}
