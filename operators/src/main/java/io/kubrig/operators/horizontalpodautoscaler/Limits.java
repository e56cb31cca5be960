package io.kubrig.operators.horizontalpodautoscaler;

import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerBehavior;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;

/**
 * A recommendation held within windows, rates and bounds, and how that is told.
 *
 * @param able the condition AbleToScale
 * @param limited the condition ScalingLimited
 */
record Limits(int replicas, History history, Told able, Told limited) {
  private static final int DOUBLE = 2;
  private static final int FREE = 4;
  private static final String UP_RATE = "the desired replica count is increasing faster than the maximum scale rate";
  private static final String DOWN_RATE = "the desired replica count is decreasing faster than the maximum scale rate";
  private static final String TOO_MANY = "the desired replica count is more than the maximum replica count";
  private static final String TOO_FEW = "the desired replica count is less than the minimum replica count";
  private static final Told READY = new Told(true, "ReadyForNewScale", "recommended size matches current size");
  private static final Told HELD_DOWN = new Told(true, "ScaleUpStabilized",
      "recent recommendations were lower than current one, applying the lowest recent recommendation");
  private static final Told HELD_UP = new Told(true, "ScaleDownStabilized",
      "recent recommendations were higher than current one, applying the highest recent recommendation");
  private static final Told IN_RANGE = new Told(false, "DesiredWithinRange", "the desired count is within the acceptable range");

  /** A condition without its type. */
  record Told(boolean status, String reason, String message) {}

  /** The size now, the size asked for, and what is allowed at all. */
  record Wish(int current, int desired, int min, int max) {}

  /** Without a behavior: shrinking waits for the window, growing is at most a doubling. */
  static Limits simple(Wish wish, History history, Duration window, Instant now) {
    Instant cutoff = now.minus(window);
    int stable = Stream.concat(Stream.of(wish.desired()),
        history.recommendations().stream().filter(step -> !step.at().isBefore(cutoff)).map(History.Step::replicas)).max(Integer::compare)
            .get();
    int rate = Math.max(DOUBLE * wish.current(), FREE);
    int most = Math.min(wish.max(), rate);
    Told limited = IN_RANGE;
    int replicas = stable;
    if (stable < wish.min()) {
      replicas = wish.min();
      limited = new Told(true, "TooFewReplicas", TOO_FEW);
    } else if (stable > most) {
      replicas = most;
      limited = wish.max() > rate ? new Told(true, "ScaleUpLimit", UP_RATE) : new Told(true, "TooManyReplicas", TOO_MANY);
    }
    return new Limits(replicas, history.recommended(wish.desired(), now, window), stable == wish.desired() ? READY : HELD_UP, limited);
  }

  /** With a behavior. @param window for shrinking, where the behavior names none */
  static Limits byBehavior(Wish wish, HorizontalPodAutoscalerBehavior behavior, History history, Duration window, Instant now) {
    ScalingRules up = ScalingRules.up(behavior.getScaleUp());
    ScalingRules down = ScalingRules.down(behavior.getScaleDown(), window);
    int least = Stream.concat(Stream.of(wish.desired()), history.recommendedWithin(up.window(), now)).min(Integer::compare).get();
    int most = Stream.concat(Stream.of(wish.desired()), history.recommendedWithin(down.window(), now)).max(Integer::compare).get();
    int stable = Math.min(Math.max(wish.current(), least), most);
    Told held = wish.desired() >= wish.current() ? HELD_DOWN : HELD_UP;
    Duration longest = up.window().compareTo(down.window()) > 0 ? up.window() : down.window();
    return atRate(new Wish(wish.current(), stable, wish.min(), wish.max()), up, down,
        history.recommended(wish.desired(), now, longest), stable == wish.desired() ? READY : held, now);
  }

  private static Limits atRate(Wish wish, ScalingRules up, ScalingRules down, History history, Told able, Instant now) {
    if (wish.desired() > wish.current()) {
      int rate = Math.max(up.most(wish.current(), period -> history.before(wish.current(), period, now)), wish.current());
      int most = Math.min(rate, wish.max());
      if (wish.desired() > most) {
        Told told = wish.max() > rate ? new Told(true, "ScaleUpLimit", UP_RATE) : new Told(true, "TooManyReplicas", TOO_MANY);
        return new Limits(most, history, able, told);
      }
    } else if (wish.desired() < wish.current()) {
      int rate = Math.min(down.fewest(wish.current(), period -> history.before(wish.current(), period, now)), wish.current());
      int fewest = Math.max(rate, wish.min());
      if (wish.desired() < fewest) {
        Told told = wish.min() < rate ? new Told(true, "ScaleDownLimit", DOWN_RATE) : new Told(true, "TooFewReplicas", TOO_FEW);
        return new Limits(fewest, history, able, told);
      }
    }
    return new Limits(wish.desired(), history, able, IN_RANGE);
  }
}
