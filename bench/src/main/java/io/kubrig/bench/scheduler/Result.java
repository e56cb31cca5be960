package io.kubrig.bench.scheduler;

import io.kubrig.bench.scheduler.Stage.Cost;

/** How long so many pods took. */
record Result(Workload workload, int pods, long wallNanos, Cost cost) {
  double perSecond() {
    return pods * 1e9 / wallNanos;
  }

  double perCpuSecond() {
    return pods * 1e9 / cost.process();
  }

  double perDecidingSecond() {
    return cost.deciding() == 0 ? 0 : pods * 1e9 / cost.deciding();
  }

  boolean isJudged() {
    return workload.threshold() > 0;
  }

  String json() {
    String judged = isJudged() ? String.format(",\"threshold\":%d,\"timesThreshold\":%.1f,\"timesThresholdByCpu\":%.1f",
        workload.threshold(), perSecond() / workload.threshold(), perCpuSecond() / workload.threshold()) : "";
    return String.format("{\"workload\":\"%s\",\"pods\":%d,\"seconds\":%.3f,\"cpuSeconds\":%.3f,\"decidingSeconds\":%.3f,"
        + "\"perSecond\":%.0f,\"perCpuSecond\":%.0f,\"perDecidingSecond\":%.0f%s}", workload.id(), pods, wallNanos / 1e9, cost.process() / 1e9,
        cost.deciding() / 1e9, perSecond(), perCpuSecond(), perDecidingSecond(), judged);
  }
}
