package io.kubrig.scheduler.config;

import io.kubrig.scheduler.framework.BindPlugin;
import io.kubrig.scheduler.framework.FilterPlugin;
import io.kubrig.scheduler.framework.PermitPlugin;
import io.kubrig.scheduler.framework.Plugin;
import io.kubrig.scheduler.framework.PostBindPlugin;
import io.kubrig.scheduler.framework.PostFilterPlugin;
import io.kubrig.scheduler.framework.PreBindPlugin;
import io.kubrig.scheduler.framework.PreEnqueuePlugin;
import io.kubrig.scheduler.framework.PreFilterPlugin;
import io.kubrig.scheduler.framework.PreScorePlugin;
import io.kubrig.scheduler.framework.QueueSortPlugin;
import io.kubrig.scheduler.framework.ReservePlugin;
import io.kubrig.scheduler.framework.ScorePlugin;

/** The places where plugins take part, with their names in configurations and metrics. */
public enum ExtensionPoint {
  PRE_ENQUEUE("preEnqueue", "PreEnqueue", PreEnqueuePlugin.class),
  QUEUE_SORT("queueSort", "QueueSort", QueueSortPlugin.class),
  PRE_FILTER("preFilter", "PreFilter", PreFilterPlugin.class),
  FILTER("filter", "Filter", FilterPlugin.class),
  POST_FILTER("postFilter", "PostFilter", PostFilterPlugin.class),
  PRE_SCORE("preScore", "PreScore", PreScorePlugin.class),
  SCORE("score", "Score", ScorePlugin.class),
  RESERVE("reserve", "Reserve", ReservePlugin.class),
  PERMIT("permit", "Permit", PermitPlugin.class),
  PRE_BIND("preBind", "PreBind", PreBindPlugin.class),
  BIND("bind", "Bind", BindPlugin.class),
  POST_BIND("postBind", "PostBind", PostBindPlugin.class);

  private final String field;
  private final String label;
  private final Class<? extends Plugin> type;

  ExtensionPoint(String field, String label, Class<? extends Plugin> type) {
    this.field = field;
    this.label = label;
    this.type = type;
  }

  /** The name in {@code profiles[].plugins}. */
  public String field() {
    return field;
  }

  /** The name in metrics. */
  public String label() {
    return label;
  }

  /** What a plugin implements to take part. */
  public Class<? extends Plugin> type() {
    return type;
  }
}
