package io.kubrig.scheduler.queue;

import io.kubrig.scheduler.framework.EnqueueExtensions;
import io.kubrig.scheduler.framework.EventKind;
import io.kubrig.scheduler.framework.Plugin;
import io.kubrig.scheduler.framework.Profile;
import io.kubrig.scheduler.model.Pod;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which plugin of which profile wants to hear of which events, and whether an event may help a pod. Source: KEP-4247. */
final class HintMap {
  private static final EventKind NEW_NODE = EventKind.of(EventKind.Subject.NODE, EventKind.Action.ADD);
  private static final EventKind NEW_TAINT = EventKind.of(EventKind.Subject.NODE, EventKind.Action.UPDATE_NODE_TAINT);
  private static final Logger LOG = LoggerFactory.getLogger(HintMap.class);

  /** An event of the cluster: what happened to which object. */
  record Event(EventKind kind, Object before, Object after) {}

  enum Verdict { SKIP, AFTER_BACKOFF, IMMEDIATELY }

  private final Map<String, Map<String, List<EnqueueExtensions.Registration>>> byProfile = new HashMap<>();

  HintMap(Collection<Profile> profiles) {
    for (Profile profile : profiles) {
      Map<String, List<EnqueueExtensions.Registration>> byPlugin = new HashMap<>();
      for (Plugin p : profile.plugins()) {
        if (p instanceof EnqueueExtensions e) {
          byPlugin.put(p.name(), completed(e.events()));
        }
      }
      byProfile.put(profile.name(), byPlugin);
    }
  }

  /** As native, whoever hears of new nodes, and not of changed taints, is told of these, too: each is then worth another attempt. */
  private static List<EnqueueExtensions.Registration> completed(List<EnqueueExtensions.Registration> own) {
    boolean hearsOfNodes = own.stream().anyMatch(r -> r.event().covers(NEW_NODE));
    boolean hearsOfTaints = own.stream().anyMatch(r -> r.event().covers(NEW_TAINT));
    if (!hearsOfNodes || hearsOfTaints) {
      return List.copyOf(own);
    }
    List<EnqueueExtensions.Registration> out = new ArrayList<>(own);
    out.add(EnqueueExtensions.Registration.of(NEW_TAINT));
    return List.copyOf(out);
  }

  /** Whether an event makes another attempt worthwhile for a pod that plugins have turned down. */
  Verdict judge(QueuedPod pod, Event event) {
    for (String plugin : pod.pendingPlugins) {
      if (helps(pod.pod, plugin, event)) {
        return Verdict.IMMEDIATELY;
      }
    }
    for (String plugin : pod.unschedulablePlugins) {
      if (helps(pod.pod, plugin, event)) {
        return Verdict.AFTER_BACKOFF;
      }
    }
    return Verdict.SKIP;
  }

  /** Whether an event may help a pod that one plugin has turned down. A plugin without registrations hears of everything. */
  boolean helps(Pod pod, String plugin, Event event) {
    List<EnqueueExtensions.Registration> registrations = byProfile.getOrDefault(pod.schedulerName(), Map.of()).get(plugin);
    if (registrations == null) {
      return true;
    }
    for (EnqueueExtensions.Registration r : registrations) {
      if (r.event().covers(event.kind) && hint(r, pod, plugin, event)) {
        return true;
      }
    }
    return false;
  }

  /** A hint that fails must not lose the event. */
  private static boolean hint(EnqueueExtensions.Registration r, Pod pod, String plugin, Event event) {
    try {
      return r.hint().mayHelp(pod, event.before, event.after);
    } catch (RuntimeException e) {
      LOG.error("The queueing hint of plugin {} failed for pod {} and event {}", plugin, pod.key(), event.kind, e);
      return true;
    }
  }
}
