package io.kubrig.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.dns.forward.Forwarder;
import io.kubrig.dns.forward.Upstream;
import io.kubrig.dns.server.DnsSockets;
import io.kubrig.dns.server.QueryHandler;
import io.kubrig.dns.zone.ClusterZone;
import io.kubrig.machinery.clock.VirtualClock;
import io.kubrig.machinery.metrics.KubernetesRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

/** The server on loopback, asked with dnsjava. */
class ClusterDnsTest {
  private final FakeCluster cluster = new FakeCluster();
  private final VirtualClock clock = new VirtualClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final AtomicBoolean ready = new AtomicBoolean(true);
  private final AtomicInteger asked = new AtomicInteger();
  private volatile boolean upstreamAnswers = true;
  private Forwarder forwarder;
  private QueryHandler handler;
  private DnsSockets sockets;

  @BeforeEach
  void serve() {
    Upstream upstream = (server, query, tcp, timeout) -> {
      asked.incrementAndGet();
      if (!upstreamAnswers) {
        throw new IOException("timed out");
      }
      Message message = new Message(query);
      Message answer = new Message(message.getHeader().getID());
      answer.getHeader().setFlag(Flags.QR);
      answer.addRecord(message.getQuestion(), Section.QUESTION);
      answer.addRecord(new ARecord(message.getQuestion().getName(), DClass.IN, 20, InetAddress.ofLiteral("192.0.2.1")), Section.ANSWER);
      return answer.toWire();
    };
    forwarder = new Forwarder(List.of(new InetSocketAddress("127.0.0.1", 1)), upstream, clock, new Random(1), new KubernetesRegistry(), 30);
    handler = new QueryHandler(new ClusterZone(cluster, "cluster.local", 30), forwarder, ready::get, clock, new KubernetesRegistry());
    sockets = DnsSockets.open(new InetSocketAddress("127.0.0.1", 0), handler);
  }

  @AfterEach
  void stop() {
    sockets.close();
  }

  private Message ask(String name, int type) throws IOException {
    return ask(name, type, false);
  }

  private Message ask(String name, int type, boolean tcp) throws IOException {
    SimpleResolver resolver = new SimpleResolver(new InetSocketAddress("127.0.0.1", sockets.port()));
    resolver.setTCP(tcp);
    resolver.setIgnoreTruncation(true);
    resolver.setTimeout(Duration.ofSeconds(5));
    return resolver.send(Message.newQuery(Record.newRecord(Name.fromString(name), type, DClass.IN)));
  }

  private List<String> answers(String name, int type) throws IOException {
    return ask(name, type).getSection(Section.ANSWER).stream().map(record -> Type.string(record.getType()) + " " + record.rdataToString())
        .toList();
  }

  @Test
  void a_service_has_its_cluster_ips() throws IOException {
    cluster.with("web", "10.96.0.10", "fd00::10");
    assertThat(answers("web.default.svc.cluster.local.", Type.A)).containsExactly("A 10.96.0.10");
    assertThat(answers("web.default.svc.cluster.local.", Type.AAAA)).containsExactly("AAAA fd00:0:0:0:0:0:0:10");
    Message answer = ask("web.default.svc.cluster.local.", Type.A);
    assertThat(answer.getHeader().getFlag(Flags.AA)).isTrue();
    assertThat(answer.getSection(Section.ANSWER).getFirst().getTTL()).isEqualTo(30);
  }

  @Test
  void a_name_keeps_the_case_it_was_asked_in() throws IOException {
    cluster.with("web", "10.96.0.10");
    Message answer = ask("WeB.default.SVC.cluster.LOCAL.", Type.A);
    assertThat(answer.getQuestion().getName()).hasToString("WeB.default.SVC.cluster.LOCAL.");
    assertThat(answer.getSection(Section.ANSWER).getFirst().getName()).hasToString("WeB.default.SVC.cluster.LOCAL.");
  }

  @Test
  void a_named_port_has_an_srv_record_with_the_address_added() throws IOException {
    cluster.with("web", "10.96.0.10");
    Message answer = ask("_http._tcp.web.default.svc.cluster.local.", Type.SRV);
    assertThat(answer.getSection(Section.ANSWER)).singleElement().satisfies(record ->
        assertThat(record.rdataToString()).isEqualTo("0 100 80 web.default.svc.cluster.local."));
    assertThat(answer.getSection(Section.ADDITIONAL)).anySatisfy(record -> assertThat(record.rdataToString()).isEqualTo("10.96.0.10"));
  }

  @Test
  void a_headless_service_has_its_ready_endpoints_each_with_a_name() throws IOException {
    cluster.with("db", "None").endpoint("db", "10.1.0.1", "db-0", true).endpoint("db", "10.1.0.2", null, true)
        .endpoint("db", "10.1.0.3", "db-2", false);
    assertThat(answers("db.default.svc.cluster.local.", Type.A)).containsExactlyInAnyOrder("A 10.1.0.1", "A 10.1.0.2");
    assertThat(answers("db-0.db.default.svc.cluster.local.", Type.A)).containsExactly("A 10.1.0.1");
    assertThat(answers("10-1-0-2.db.default.svc.cluster.local.", Type.A)).containsExactly("A 10.1.0.2");
    assertThat(ask("db-2.db.default.svc.cluster.local.", Type.A).getRcode()).isEqualTo(Rcode.NXDOMAIN);
    assertThat(answers("_http._tcp.db.default.svc.cluster.local.", Type.SRV)).containsExactlyInAnyOrder(
        "SRV 0 50 8080 db-0.db.default.svc.cluster.local.", "SRV 0 50 8080 10-1-0-2.db.default.svc.cluster.local.");
  }

  @Test
  void addresses_lead_back_to_names() throws IOException {
    cluster.with("web", "10.96.0.10", "fd00::10").with("db", "None").endpoint("db", "10.1.0.1", "db-0", true);
    assertThat(answers("10.0.96.10.in-addr.arpa.", Type.PTR)).containsExactly("PTR web.default.svc.cluster.local.");
    assertThat(answers("1.0.1.10.in-addr.arpa.", Type.PTR)).containsExactly("PTR db-0.db.default.svc.cluster.local.");
    assertThat(answers("0.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa.", Type.PTR))
        .containsExactly("PTR web.default.svc.cluster.local.");
    assertThat(asked).hasValue(0);
    ask("1.2.0.192.in-addr.arpa.", Type.A);
    assertThat(asked).as("addresses outside the cluster are others' business").hasValue(1);
  }

  @Test
  void pods_have_names_of_their_addresses_in_namespaces_that_exist() throws IOException {
    assertThat(answers("10-1-0-9.default.pod.cluster.local.", Type.A)).containsExactly("A 10.1.0.9");
    assertThat(answers("fd00--9.default.pod.cluster.local.", Type.AAAA)).containsExactly("AAAA fd00:0:0:0:0:0:0:9");
    assertThat(ask("10-1-0-9.nowhere.pod.cluster.local.", Type.A).getRcode()).isEqualTo(Rcode.NXDOMAIN);
    assertThat(ask("10-1-0-999.default.pod.cluster.local.", Type.A).getRcode()).isEqualTo(Rcode.NXDOMAIN);
  }

  @Test
  void absence_of_a_type_is_not_absence_of_the_name() throws IOException {
    cluster.with("web", "10.96.0.10");
    for (String name : List.of("web.default.svc.cluster.local.", "default.svc.cluster.local.", "svc.cluster.local.",
        "_tcp.web.default.svc.cluster.local.")) {
      Message answer = ask(name, Type.AAAA);
      assertThat(answer.getRcode()).as(name).isEqualTo(Rcode.NOERROR);
      assertThat(answer.getSection(Section.ANSWER)).as(name).isEmpty();
      assertThat(answer.getSection(Section.AUTHORITY)).as(name).singleElement()
          .satisfies(soa -> assertThat(soa.getType()).isEqualTo(Type.SOA));
    }
    for (String name : List.of("nosuch.default.svc.cluster.local.", "web.nowhere.svc.cluster.local.",
        "web.default.svc.cluster.local.default.svc.cluster.local.",
        "_http._udp.web.default.svc.cluster.local.", "example.com.default.svc.cluster.local.", "nosuch.cluster.local.")) {
      Message answer = ask(name, Type.A);
      assertThat(answer.getRcode()).as(name).isEqualTo(Rcode.NXDOMAIN);
      assertThat(answer.getSection(Section.AUTHORITY)).as(name).hasSize(1);
    }
  }

  @Test
  void an_external_name_is_an_alias_with_what_it_stands_for() throws IOException {
    cluster.external("mail", "mx.example.org").external("inner", "web.default.svc.cluster.local").with("web", "10.96.0.10");
    assertThat(answers("mail.default.svc.cluster.local.", Type.A)).containsExactly("CNAME mx.example.org.", "A 192.0.2.1");
    assertThat(answers("mail.default.svc.cluster.local.", Type.CNAME)).containsExactly("CNAME mx.example.org.");
    assertThat(answers("inner.default.svc.cluster.local.", Type.A)).containsExactly("CNAME web.default.svc.cluster.local.", "A 10.96.0.10");
  }

  @Test
  void the_version_of_the_specification_is_told() throws IOException {
    assertThat(answers("dns-version.cluster.local.", Type.TXT)).containsExactly("TXT 1.1.0");
  }

  @Test
  void large_answers_are_cut_over_udp_and_whole_over_tcp() throws IOException {
    cluster.with("big", "None");
    for (int i = 0; i < 200; i++) {
      cluster.endpoint("big", "10.2.0." + (i + 1), "host-" + i, true);
    }
    Message cut = ask("big.default.svc.cluster.local.", Type.A);
    assertThat(cut.getHeader().getFlag(Flags.TC)).isTrue();
    assertThat(cut.numBytes()).isLessThanOrEqualTo(1232);
    assertThat(ask("big.default.svc.cluster.local.", Type.A, true).getSection(Section.ANSWER)).hasSize(200);
  }

  @Test
  void other_names_are_forwarded_and_remembered_as_long_as_they_live() throws IOException {
    assertThat(answers("Example.org.", Type.A)).containsExactly("A 192.0.2.1");
    clock.advance(Duration.ofSeconds(5));
    Message again = ask("example.ORG.", Type.A);
    assertThat(asked).hasValue(1);
    assertThat(again.getQuestion().getName()).hasToString("example.ORG.");
    assertThat(again.getSection(Section.ANSWER).getFirst().getTTL()).isEqualTo(15);
    clock.advance(Duration.ofSeconds(15));
    ask("example.org.", Type.A);
    assertThat(asked).hasValue(2);
  }

  @Test
  void without_an_answer_from_any_resolver_it_fails() throws IOException {
    upstreamAnswers = false;
    assertThat(ask("example.org.", Type.A).getRcode()).isEqualTo(Rcode.SERVFAIL);
    assertThat(asked).as("each resolver twice").hasValue(2);
  }

  @Test
  void before_the_cluster_is_known_its_names_are_not_denied() throws IOException {
    ready.set(false);
    assertThat(ask("web.default.svc.cluster.local.", Type.A).getRcode()).isEqualTo(Rcode.SERVFAIL);
    assertThat(ask("example.org.", Type.A).getRcode()).isEqualTo(Rcode.NOERROR);
  }

  @Test
  void a_loop_ends_forwarding_but_not_the_cluster() throws IOException {
    cluster.with("web", "10.96.0.10");
    assertThat(ask(forwarder.newProbe() + ".", Type.HINFO).getRcode()).isEqualTo(Rcode.SERVFAIL);
    assertThat(ask("example.org.", Type.A).getRcode()).isEqualTo(Rcode.SERVFAIL);
    assertThat(answers("web.default.svc.cluster.local.", Type.A)).containsExactly("A 10.96.0.10");
  }

  @Test
  void noise_is_refused_or_ignored_and_never_ends_the_server() throws IOException {
    Random random = new Random(42);
    byte[] query = Message.newQuery(Record.newRecord(Name.fromString("web.default.svc.cluster.local."), Type.A, DClass.IN)).toWire();
    for (int i = 0; i < 20_000; i++) {
      byte[] noise = Arrays.copyOf(query, random.nextInt(query.length + 1));
      for (int change = random.nextInt(6); change > 0 && noise.length > 0; change--) {
        noise[random.nextInt(noise.length)] = (byte) random.nextInt();
      }
      handler.handle(noise, random.nextBoolean());
    }
    cluster.with("web", "10.96.0.10");
    assertThat(answers("web.default.svc.cluster.local.", Type.A)).containsExactly("A 10.96.0.10");
  }
}
