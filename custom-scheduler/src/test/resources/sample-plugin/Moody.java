package com.example.scheduling;

import io.kubrig.scheduler.framework.CycleState;
import io.kubrig.scheduler.framework.Plugin;
import io.kubrig.scheduler.framework.PluginContext;
import io.kubrig.scheduler.framework.PluginProvider;
import io.kubrig.scheduler.framework.ReservePlugin;
import io.kubrig.scheduler.framework.Status;
import io.kubrig.scheduler.model.Pod;
import java.util.concurrent.CountDownLatch;

/** Throws for pods named {@code throws}, and never answers for pods named {@code hangs}. */
public final class Moody implements PluginProvider<Moody.Args> {
  /** No arguments. */
  public record Args() {}

  @Override
  public String name() {
    return "Moody";
  }

  @Override
  public Class<Args> argsType() {
    return Args.class;
  }

  @Override
  public Plugin create(Args args, PluginContext context) {
    return new ReservePlugin() {
      @Override
      public String name() {
        return "Moody";
      }

      @Override
      public Status reserve(CycleState state, Pod pod, String node) {
        if (pod.name().equals("throws")) {
          throw new IllegalStateException("not today");
        }
        if (pod.name().equals("hangs")) {
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        }
        return Status.SUCCESS;
      }

      @Override
      public void unreserve(CycleState state, Pod pod, String node) {
        throw new IllegalStateException("nor this");
      }
    };
  }
}
