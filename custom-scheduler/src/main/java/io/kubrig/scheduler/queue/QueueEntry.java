package io.kubrig.scheduler.queue;

import java.util.List;
import java.util.Locale;

/**
 * A waiting pod as it is told to people.
 *
 * @param pod {@code namespace/name}
 * @param queue {@code active}, {@code backoff}, {@code unschedulable}, {@code gated}; {@code in_flight}: it is being scheduled
 * @param queuedAt since when it has been there, RFC 3339
 * @param unschedulablePlugins who has turned it down
 * @param pendingPlugins whom it waits for
 * @param gatedBy the plugin that keeps it out; empty when none does
 */
public record QueueEntry(String pod, String queue, int priority, int attempts, String queuedAt, List<String> unschedulablePlugins,
    List<String> pendingPlugins, String gatedBy) {

  static QueueEntry of(QueuedPod p) {
    String queue = p.place == QueuedPod.Place.ERROR_BACKOFF ? "backoff" : p.place.name().toLowerCase(Locale.ROOT);
    return new QueueEntry(p.pod.key(), queue, p.pod.priority(), p.attempts, String.valueOf(p.queuedAt), List.copyOf(p.unschedulablePlugins),
        List.copyOf(p.pendingPlugins), p.gatedBy);
  }
}
