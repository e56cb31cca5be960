package io.kubrig.machinery.leader;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kubrig.machinery.clock.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A Lease reached through a client. Labels and annotations that others put on it are kept. */
public final class KubernetesLease implements LeaseApi {
  private static final Logger LOG = LoggerFactory.getLogger(KubernetesLease.class);

  private final KubernetesClient client;
  private final Clock clock;
  private final String namespace;
  private final String name;
  private final String component;
  private volatile Lease last; // what was read, written or told last; a write upon it names the version it is meant for

  /** @param component the source of the events, such as {@code kube-scheduler} */
  public KubernetesLease(KubernetesClient client, Clock clock, String namespace, String name, String component) {
    this.client = client;
    this.clock = clock;
    this.namespace = namespace;
    this.name = name;
    this.component = component;
  }

  @Override
  public String describe() {
    return namespace + "/" + name;
  }

  @Override
  public Optional<Seen> read() {
    Lease found = call(() -> client.leases().inNamespace(namespace).withName(name).get());
    return Optional.ofNullable(found).map(this::remember);
  }

  @Override
  public Seen create(LeaseRecord lease) {
    Lease wanted =
        new LeaseBuilder()
            .withMetadata(new ObjectMetaBuilder().withNamespace(namespace).withName(name).build())
            .withSpec(spec(lease))
            .build();
    return remember(call(() -> client.leases().inNamespace(namespace).resource(wanted).create()));
  }

  @Override
  public Seen update(Seen seen, LeaseRecord lease) {
    Lease before = last;
    if (before == null || !seen.version().equals(before.getMetadata().getResourceVersion())) {
      throw new LeaseException("the lease has been seen anew since", null);
    }
    Lease wanted = new LeaseBuilder(before).withSpec(spec(lease)).build();
    return remember(call(() -> client.leases().inNamespace(namespace).resource(wanted).update()));
  }

  @Override
  public Watch watch(Seen since, Watcher watcher) {
    return LeaseStream.open(client, namespace, name, since.version(), new LeaseStream.Reader() {
      @Override
      public void changed(Lease lease) {
        watcher.changed(remember(lease));
      }

      @Override
      public void ended(boolean refused) {
        if (refused) {
          watcher.refused();
        } else {
          watcher.ended();
        }
      }
    });
  }

  private Seen remember(Lease lease) {
    last = lease;
    return new Seen(record(lease.getSpec()), lease.getMetadata().getResourceVersion());
  }

  private <T> T call(Supplier<T> request) {
    try {
      return request.get();
    } catch (KubernetesClientException e) {
      throw new LeaseException(String.valueOf(e.getMessage()), e);
    }
  }

  private static LeaseRecord record(LeaseSpec spec) {
    if (spec == null) {
      return new LeaseRecord("", 0, Instant.EPOCH, Instant.EPOCH, 0);
    }
    return new LeaseRecord(
        spec.getHolderIdentity() == null ? "" : spec.getHolderIdentity(),
        orZero(spec.getLeaseDurationSeconds()),
        instant(spec.getAcquireTime()),
        instant(spec.getRenewTime()),
        orZero(spec.getLeaseTransitions()));
  }

  private static int orZero(Integer number) {
    return number == null ? 0 : number;
  }

  private static Instant instant(ZonedDateTime time) {
    return time == null ? Instant.EPOCH : time.toInstant();
  }

  private static LeaseSpec spec(LeaseRecord lease) {
    LeaseSpec spec = new LeaseSpec();
    spec.setHolderIdentity(lease.holder());
    spec.setLeaseDurationSeconds(lease.durationSeconds());
    spec.setAcquireTime(time(lease.acquired()));
    spec.setRenewTime(time(lease.renewed()));
    spec.setLeaseTransitions(lease.transitions());
    return spec;
  }

  private static ZonedDateTime time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.MICROS).atZone(ZoneOffset.UTC);
  }

  @Override
  public void event(String message) {
    try {
      client.v1().events().inNamespace(namespace).resource(eventAbout(message)).create();
    } catch (KubernetesClientException e) {
      LOG.warn("the event {} could not be published: {}", message, e.getMessage());
    }
  }

  private Event eventAbout(String message) {
    Lease about = last;
    Instant now = clock.now();
    String time = now.truncatedTo(ChronoUnit.SECONDS).toString();
    String unique = Long.toHexString(now.getEpochSecond() * 1_000_000_000L + now.getNano());
    return new EventBuilder()
        .withMetadata(new ObjectMetaBuilder().withNamespace(namespace).withName(name + "." + unique).build())
        .withNewInvolvedObject()
        .withApiVersion("coordination.k8s.io/v1")
        .withKind("Lease")
        .withNamespace(namespace)
        .withName(name)
        .withUid(about == null ? null : about.getMetadata().getUid())
        .withResourceVersion(about == null ? null : about.getMetadata().getResourceVersion())
        .endInvolvedObject()
        .withType("Normal")
        .withReason("LeaderElection")
        .withMessage(message)
        .withNewSource()
        .withComponent(component)
        .endSource()
        .withReportingComponent(component)
        .withReportingInstance("")
        .withFirstTimestamp(time)
        .withLastTimestamp(time)
        .withCount(1)
        .build();
  }
}
