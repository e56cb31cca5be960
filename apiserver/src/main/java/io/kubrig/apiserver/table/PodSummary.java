package io.kubrig.apiserver.table;

import io.kubrig.machinery.tree.Tree;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A pod in one line, as people see it.
 *
 * @param ready how many containers are ready
 * @param containers how many run side by side: the main ones and the sidecars
 * @param reason the one word that says best how the pod does
 * @param lastRestart RFC 3339, "" when there was none
 */
record PodSummary(int ready, int containers, String reason, long restarts, String lastRestart) {

  static PodSummary of(Tree pod) {
    Counter counter = new Counter(pod);
    boolean initializing = counter.initContainers();
    if (!initializing || PodTable.isTrue(pod.tree("status").trees("conditions"), "Initialized")) {
      counter.containers();
    }
    counter.deletion();
    return new PodSummary(counter.ready, counter.total, counter.reason, counter.restarts, counter.lastRestart);
  }

  /** Goes through the statuses of a pod's containers in the order they matter. */
  private static final class Counter {
    private final Tree pod;
    private final Tree status;
    private final Set<String> sidecars = new HashSet<>();
    private final int total;
    private String reason;
    private int ready;
    private long restarts;
    private String lastRestart = "";
    private long sidecarRestarts;
    private String lastSidecarRestart = "";

    Counter(Tree pod) {
      this.pod = pod;
      status = pod.tree("status");
      for (Tree container : pod.tree("spec").trees("initContainers")) {
        if (container.string("restartPolicy").equals("Always")) {
          sidecars.add(container.string("name"));
        }
      }
      total = pod.tree("spec").trees("containers").size() + sidecars.size();
      reason = status.string("reason").isEmpty() ? status.string("phase") : status.string("reason");
      for (Tree condition : status.trees("conditions")) {
        if (condition.string("type").equals("PodScheduled") && condition.string("reason").equals("SchedulingGated")) {
          reason = "SchedulingGated";
        }
      }
    }

    /** Whether the pod is still starting. */
    boolean initContainers() {
      List<Tree> statuses = status.trees("initContainerStatuses");
      for (int i = 0; i < statuses.size(); i++) {
        Tree container = statuses.get(i);
        boolean sidecar = sidecars.contains(container.string("name"));
        String restarted = container.at("lastState", "terminated").string("finishedAt");
        restarts += container.integer("restartCount");
        lastRestart = later(lastRestart, restarted);
        if (sidecar) {
          sidecarRestarts += container.integer("restartCount");
          lastSidecarRestart = later(lastSidecarRestart, restarted);
        }
        Tree state = container.tree("state");
        boolean done = state.get("terminated") != null && state.tree("terminated").integer("exitCode") == 0;
        boolean runs = !done && sidecar && container.bool("started");
        if (runs && container.bool("ready")) {
          ready++;
        }
        if (!done && !runs) {
          reason = "Init:" + initReason(state, i);
          return true;
        }
      }
      return false;
    }

    private String initReason(Tree state, int position) {
      if (state.get("terminated") instanceof Tree terminated) {
        return ended(terminated);
      }
      String waiting = state.tree("waiting").string("reason");
      return waiting.isEmpty() || waiting.equals("PodInitializing")
          ? position + "/" + pod.tree("spec").trees("initContainers").size()
          : waiting;
    }

    private static String ended(Tree terminated) {
      if (!terminated.string("reason").isEmpty()) {
        return terminated.string("reason");
      }
      long signal = terminated.integer("signal");
      return signal != 0 ? "Signal:" + signal : "ExitCode:" + terminated.integer("exitCode");
    }

    void containers() {
      restarts = sidecarRestarts;
      lastRestart = lastSidecarRestart;
      boolean running = false;
      for (Tree container : status.trees("containerStatuses").reversed()) {
        restarts += container.integer("restartCount");
        lastRestart = later(lastRestart, container.at("lastState", "terminated").string("finishedAt"));
        Tree state = container.tree("state");
        String waiting = state.tree("waiting").string("reason");
        if (!waiting.isEmpty()) {
          reason = waiting;
        } else if (state.get("terminated") instanceof Tree terminated) {
          reason = ended(terminated);
        } else if (container.bool("ready") && state.get("running") != null) {
          running = true;
          ready++;
        }
      }
      if (reason.equals("Completed") && running) {
        reason = PodTable.isTrue(status.trees("conditions"), "Ready") ? "Running" : "NotReady";
      }
    }

    void deletion() {
      if (pod.tree("metadata").get("deletionTimestamp") == null) {
        return;
      }
      String phase = status.string("phase");
      if (status.string("reason").equals("NodeLost")) {
        reason = "Unknown";
      } else if (!phase.equals("Failed") && !phase.equals("Succeeded")) {
        reason = "Terminating";
      }
    }

    private static String later(String one, String other) {
      return one.compareTo(other) >= 0 ? one : other;
    }
  }
}
