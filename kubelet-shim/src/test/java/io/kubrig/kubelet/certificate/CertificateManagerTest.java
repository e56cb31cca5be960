package io.kubrig.kubelet.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.machinery.clock.VirtualClock;
import io.kubrig.machinery.pki.CertificateAuthority;
import io.kubrig.machinery.pki.CertificateRequest;
import io.kubrig.machinery.pki.CertificateSpec;
import io.kubrig.machinery.pki.KeyAndCertificate;
import io.kubrig.machinery.pki.KeyKind;
import io.kubrig.machinery.pki.SigningRequest;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateManagerTest {
  private static final long SEED = Long.getLong("seed", 1);
  private static final SigningRequest NODE = SigningRequest.client("system:node:n1", "system:nodes");

  private final VirtualClock clock = new VirtualClock(Instant.parse("2026-11-21T10:00:00Z"));
  private final CertificateAuthority authority = CertificateAuthority.selfSigned("kubernetes", KeyKind.EC, clock);
  private final Counter failures = new SimpleMeterRegistry().counter("failures");
  private final List<CertificateRequest> asked = new ArrayList<>();
  private boolean refuses;
  private Duration life = Duration.ofDays(365);

  @TempDir private Path directory;

  private CertificateManager manager(SigningRequest wanted) {
    return new CertificateManager(wanted, store(), this::sign, clock, new Random(SEED), failures);
  }

  private CertificateStore store() {
    return new CertificateStore("kubelet-client", directory.resolve("pki"), clock);
  }

  private List<X509Certificate> sign(String pem) {
    CertificateRequest request = CertificateRequest.parse(pem);
    asked.add(request);
    if (refuses) {
      throw new CertificateSigner.NotSignedException("not today", null);
    }
    return List.of(authority.sign(request, 0x80, List.of(), clock.now(), clock.now().plus(life)));
  }

  @Test
  void asks_at_once_when_there_is_no_certificate_and_keeps_what_it_gets() throws Exception {
    CertificateManager manager = manager(NODE);
    assertThat(manager.get()).isEmpty();
    manager.await();

    assertThat(asked).singleElement().satisfies(request -> {
      assertThat(request.commonName()).isEqualTo("system:node:n1");
      assertThat(request.organizations()).containsExactly("system:nodes");
    });
    assertThat(Files.readSymbolicLink(directory.resolve("pki/kubelet-client-current.pem")))
        .isEqualTo(directory.resolve("pki/kubelet-client-2026-11-21-10-00-00.pem"));
    assertThat(store().current().orElseThrow().certificate()).isEqualTo(manager.get().orElseThrow().certificate());
  }

  @Test
  void renews_between_70_and_90_percent_of_the_life_as_often_as_it_takes() throws Exception {
    CertificateManager manager = manager(NODE);
    manager.step();
    for (int round = 0; round < 8; round++) {
      KeyAndCertificate before = manager.get().orElseThrow();
      Duration wait = manager.step();
      assertThat(wait).as("seed %d", SEED).isBetween(life.multipliedBy(7).dividedBy(10), life.multipliedBy(9).dividedBy(10));
      clock.advance(wait.minusSeconds(1));
      assertThat(manager.step()).isLessThanOrEqualTo(Duration.ofSeconds(1));
      assertThat(manager.get()).contains(before);
      clock.advance(Duration.ofSeconds(1));
      manager.step();
      assertThat(manager.get()).isPresent().isNotEqualTo(before);
    }
    assertThat(asked).hasSize(9);
  }

  @Test
  void repeats_a_refused_request_after_2_4_8_16_and_then_every_32_seconds() throws Exception {
    refuses = true;
    CertificateManager manager = manager(NODE);
    for (int seconds : new int[] {2, 4, 8, 16, 32, 32, 32}) {
      Duration pause = manager.step();
      assertThat(pause).isBetween(Duration.ofSeconds(seconds), Duration.ofMillis(seconds * 1100L));
      clock.advance(pause);
    }
    assertThat(failures.count()).isEqualTo(7);
    refuses = false;
    manager.step();
    assertThat(manager.get()).isPresent();
  }

  @Test
  void an_ended_certificate_is_none_and_a_refused_renewal_does_not_lose_a_living_one() throws Exception {
    CertificateManager manager = manager(NODE);
    clock.advance(manager.step());
    refuses = true;
    manager.step();
    assertThat(manager.get()).isPresent();
    clock.advance(life);
    assertThat(manager.get()).isEmpty();
    refuses = false;
    manager.step();
    assertThat(manager.get()).isPresent();
  }

  @Test
  void a_restart_goes_on_with_the_certificate_in_the_store() throws Exception {
    manager(NODE).step();
    CertificateManager restarted = manager(NODE);
    assertThat(restarted.step()).isGreaterThan(life.dividedBy(2));
    assertThat(asked).hasSize(1);
  }

  @Test
  void a_pair_from_elsewhere_is_used_and_replaced_at_once() throws Exception {
    CertificateManager manager = manager(NODE);
    manager.startWith(authority.issue(CertificateSpec.client("system:node:n1", "system:nodes"), KeyKind.RSA));
    assertThat(store().current()).as("whoever reads the file has something").isPresent();
    assertThat(asked).isEmpty();
    clock.advance(Duration.ofSeconds(1));
    manager.step();
    assertThat(asked).hasSize(1);
    assertThat(store().current().orElseThrow().key().getAlgorithm()).isEqualTo("EC");
  }

  @Test
  void a_certificate_that_lacks_a_name_is_replaced() throws Exception {
    manager(NODE).step();
    CertificateManager other = manager(new SigningRequest("system:node:n1", List.of("system:nodes"), List.of("n1"),
        List.of(InetAddress.ofLiteral("192.0.2.1"))));
    other.step();
    assertThat(asked).hasSize(2);
    assertThat(other.get().orElseThrow().certificate().getSubjectAlternativeNames().stream().map(name -> name.get(1)).toList())
        .isEqualTo(List.of("n1", "192.0.2.1"));
    assertThat(Set.copyOf(asked.getLast().names().dns())).containsExactly("n1");
  }
}
