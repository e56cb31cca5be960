package io.kubrig.scheduler.cycle;

import io.kubrig.scheduler.api.SerialWriter;
import io.kubrig.scheduler.config.ExtensionPoint;
import io.kubrig.scheduler.extender.Extender;
import io.kubrig.scheduler.extender.ExtenderException;
import io.kubrig.scheduler.framework.BindPlugin;
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

  /** Does it; throws nothing but an interrupt that means the whole scheduler. */
  static Status run(Attempt a, List<PreBindPlugin> preBinds, PreBinding way, Phases phases, SerialWriter writer, Overtaken overtaken)
      throws InterruptedException {
    phases.begin();
    Status prepared = preBind(a, preBinds, way);
    phases.over(ExtensionPoint.PRE_BIND, prepared.code());
    if (!prepared.isSuccess()) {
      return prepared;
    }
    Status bound = overtaken.is(a)
        ? Status.error("node \"" + a.node() + "\" was filled by another scheduler before the pod was bound")
            : writer.limited(() -> bind(a));
    phases.over(ExtensionPoint.BIND, bound.code());
    return bound;
  }

  private static Status preBind(Attempt a, List<PreBindPlugin> plugins, PreBinding way) throws InterruptedException {
    Steps steps = new Steps(a, plugins);
    Status said = Status.SUCCESS;
    way.begin();
    InterruptedException interrupt = null;
    try {
      said = steps.run();
    } catch (InterruptedException e) {
      interrupt = e;
    } catch (RuntimeException e) {
      LOG.error("Binding pod {} failed", a.pod().key(), e);
      said = Status.error(String.valueOf(e.getMessage()));
    }
    String plugin = steps.current;
    String calledBack = way.end();
    if (calledBack != null) {
      return Status.error("running PreBind plugin \"" + plugin + "\": " + calledBack);
    }
    if (interrupt != null) {
      throw interrupt;
    }
    if (said.isSuccess() || said.isRejected()) {
      return said.isSuccess() ? said : said.from(plugin);
    }
    return Status.error("running PreBind plugin \"" + plugin + "\": " + said.message());
  }

  /** The PreBind plugins one after the other, but neighbours that can begin early do so together. */
  private static final class Steps {
    private final Attempt attempt;
    private final List<PreBindPlugin> plugins;
    private String current = "";

    Steps(Attempt attempt, List<PreBindPlugin> plugins) {
      this.attempt = attempt;
      this.plugins = plugins;
    }

    Status run() throws InterruptedException {
      int begun = 0;
      for (int i = 0; i < plugins.size(); i++) {
        for (begun = Math.max(begun, i); begun < plugins.size() && plugins.get(begun).beginsEarly(); begun++) {
          PreBindPlugin p = plugins.get(begun);
          current = p.name();
          Status s = p.beginPreBind(attempt.state(), attempt.pod(), attempt.node());
          if (!s.isSuccess()) {
            return s;
          }
        }
        current = plugins.get(i).name();
        Status s = plugins.get(i).preBind(attempt.state(), attempt.pod(), attempt.node());
        if (!s.isSuccess()) {
          return s;
        }
      }
      return Status.SUCCESS;
    }
  }

  private static Status bind(Attempt a) throws InterruptedException {
    try {
      return askBinders(a);
    } catch (RuntimeException e) {
      LOG.error("Binding pod {} failed", a.pod().key(), e);
      return Status.error(String.valueOf(e.getMessage()));
    }
  }

  private static Status askBinders(Attempt a) throws InterruptedException {
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
