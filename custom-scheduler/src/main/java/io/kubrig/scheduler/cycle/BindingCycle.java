package io.kubrig.scheduler.cycle;

import io.kubrig.scheduler.config.ExtensionPoint;
import io.kubrig.scheduler.extender.Extender;
import io.kubrig.scheduler.extender.ExtenderException;
import io.kubrig.scheduler.framework.BindPlugin;
import io.kubrig.scheduler.framework.Code;
import io.kubrig.scheduler.framework.PreBindPlugin;
import io.kubrig.scheduler.framework.Status;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Binds a pod whose node is chosen: pre-bind, then bind. Runs on a thread of its own and blocks; touches no state of the scheduler. */
final class BindingCycle {
  private static final Logger LOG = LoggerFactory.getLogger(BindingCycle.class);

  private BindingCycle() {}

  /** The PreBind plugins that have something to do for the pod. On the scheduling thread. */
  static List<PreBindPlugin> preFlight(Attempt a) {
    List<PreBindPlugin> needed = new ArrayList<>();
    for (PreBindPlugin p : a.profile().at(ExtensionPoint.PRE_BIND, PreBindPlugin.class)) {
      if (!p.preBindPreFlight(a.state(), a.pod(), a.node()).isSkip()) {
        needed.add(p);
      }
    }
    return needed;
  }

  /** Does it; never throws but for an interrupt. */
  static Status run(Attempt a, List<PreBindPlugin> preBinds, Phases phases, Overtaken overtaken) throws InterruptedException {
    phases.begin();
    try {
      for (PreBindPlugin p : preBinds) {
        Status s = p.preBind(a.state(), a.pod(), a.node());
        if (!s.isSuccess()) {
          phases.over(ExtensionPoint.PRE_BIND, s.code());
          return s.isRejected() ? s.from(p.name()) : Status.error("running PreBind plugin \"" + p.name() + "\": " + s.message());
        }
      }
      phases.over(ExtensionPoint.PRE_BIND, Code.SUCCESS);
      Status bound = overtaken.is(a)
          ? Status.error("node \"" + a.node() + "\" was filled by another scheduler before the pod was bound") : bind(a);
      phases.over(ExtensionPoint.BIND, bound.code());
      return bound;
    } catch (RuntimeException e) {
      LOG.error("Binding pod {} failed", a.pod().key(), e);
      return Status.error(String.valueOf(e.getMessage()));
    }
  }

  private static Status bind(Attempt a) throws InterruptedException {
    for (Extender e : a.profile().extenders()) {
      if (e.binds() && e.isInterested(a.pod())) {
        try {
          e.bind(a.pod(), a.node());
          return Status.SUCCESS;
        } catch (ExtenderException x) {
          return Status.error("binding rejected: " + x.getMessage());
        }
      }
    }
    for (BindPlugin p : a.profile().at(ExtensionPoint.BIND, BindPlugin.class)) {
      Status s = p.bind(a.state(), a.pod(), a.node());
      if (s.isSkip()) {
        continue;
      }
      return s.isSuccess() ? s : Status.error("binding rejected: running Bind plugin \"" + p.name() + "\": " + s.message());
    }
    return Status.error("binding rejected: no bind plugin took the pod");
  }
}
