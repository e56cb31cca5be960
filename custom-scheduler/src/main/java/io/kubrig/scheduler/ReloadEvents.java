package io.kubrig.scheduler;

import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.events.v1.EventBuilder;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.scheduler.api.ClusterApi;
import io.kubrig.scheduler.api.ClusterApiException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of reloads of plugin jars as events of the scheduler's own pod, which it knows by {@code POD_NAME}, {@code POD_NAMESPACE} and
 * {@code POD_UID} of its environment; without them, of its Lease; without that, nobody is told.
 */
final class ReloadEvents {
  private static final Logger LOG = LoggerFactory.getLogger(ReloadEvents.class);
  private static final DateTimeFormatter MICROS = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);
  private static final int MAX_NOTE = 1024;

  private final ClusterApi api;
  private final Clock clock;
  private final Optional<ObjectReference> subject;
  private final String component;
  private final String instance;

  ReloadEvents(ClusterApi api, Clock clock, Optional<ObjectReference> subject, String component, String instance) {
    this.api = api;
    this.clock = clock;
    this.subject = subject;
    this.component = component;
    this.instance = instance;
  }

  /** What events are about. */
  static Optional<ObjectReference> subject(Map<String, String> environment, Optional<ObjectReference> lease) {
    String pod = environment.getOrDefault("POD_NAME", "");
    String namespace = environment.getOrDefault("POD_NAMESPACE", "");
    return pod.isEmpty() || namespace.isEmpty() ? lease
        : Optional.of(new ObjectReferenceBuilder().withApiVersion("v1").withKind("Pod").withNamespace(namespace).withName(pod)
            .withUid(environment.get("POD_UID")).build());
  }

  /** The Lease of a name. */
  static ObjectReference lease(String namespace, String name) {
    return new ObjectReferenceBuilder().withApiVersion("coordination.k8s.io/v1").withKind("Lease").withNamespace(namespace).withName(name)
        .build();
  }

  /** The plugins were loaded anew, or not, for a reason. */
  void tell(Optional<String> failure) {
    subject.ifPresent(s -> tell(s, failure));
  }

  private void tell(ObjectReference about, Optional<String> failure) {
    Instant now = clock.now();
    String note = failure.map(f -> "The plugins could not be loaded anew, the former ones stay in use: " + f)
        .orElse("The plugins were loaded anew");
    long nanos = now.getEpochSecond() * 1_000_000_000L + now.getNano();
    try {
      api.create(new EventBuilder()
          .withNewMetadata().withNamespace(about.getNamespace()).withName(about.getName() + "." + Long.toHexString(nanos)).endMetadata()
          .withEventTime(new MicroTime(MICROS.format(now))).withReportingController(component).withReportingInstance(instance)
          .withType(failure.isEmpty() ? "Normal" : "Warning").withReason(failure.isEmpty() ? "PluginsReloaded" : "PluginReloadFailed")
          .withAction("Reloading").withNote(note.length() <= MAX_NOTE ? note : note.substring(0, MAX_NOTE - 4) + " ...")
          .withRegarding(about).build());
    } catch (ClusterApiException e) {
      LOG.warn("The event about plugins is lost: {}", e.getMessage());
    }
  }
}
