package io.kubrig.scheduler.cycle;

import io.kubrig.scheduler.framework.EventKind;
import io.kubrig.scheduler.framework.PluginContext;
import io.kubrig.scheduler.queue.SchedulingQueue;
import java.util.Map;
import java.util.function.Supplier;

/**
 * How plugins reach the scheduling thread, and the queue from it.
 *
 * @param queue there once the scheduler is made, which is before any plugin is asked
 * @param waiting likewise
 * @param preBinding the pods whose PreBind plugins are at work, by uid
 */
record LoopDoor(EventLoop loop, Supplier<SchedulingQueue> queue, Supplier<WaitingPods> waiting, Map<String, PreBinding> preBinding)
    implements PluginContext.Loop {
  @Override
  public void post(Runnable task) {
    loop.post(task);
  }

  @Override
  public void activate(String uid) {
    queue.get().activate(uid);
  }

  @Override
  public void ungate(String uid) {
    queue.get().ungate(uid);
  }

  @Override
  public boolean rejectWaiting(String uid, String plugin, String reason) {
    PreBinding way = preBinding.get(uid);
    return way != null ? way.callBack(reason + " by " + plugin) : waiting.get().reject(uid, plugin, reason);
  }

  @Override
  public void allowWaiting(String uid, String plugin) {
    waiting.get().allow(uid, plugin);
  }

  @Override
  public void happened(EventKind event, Object before, Object after) {
    queue.get().happened(event, before, after);
  }
}
