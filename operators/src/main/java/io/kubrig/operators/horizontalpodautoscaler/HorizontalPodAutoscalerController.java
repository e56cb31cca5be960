package io.kubrig.operators.horizontalpodautoscaler;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerBehavior;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.selector.LabelSelector;
import io.kubrig.machinery.selector.SelectorException;
import io.kubrig.operators.ControllerManagerOptions;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.ApiErrors;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.engine.Outcome;
import io.kubrig.operators.engine.Queue;
import io.kubrig.operators.events.EventRecorder;
import io.kubrig.operators.metadata.MetadataClient;
import io.kubrig.operators.optin.OptIn;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at every autoscaler once a sync period, whatever happens, and gives its target the size that its metrics ask for. */
public final class HorizontalPodAutoscalerController implements Controller {
  private static final Logger LOG = LoggerFactory.getLogger(HorizontalPodAutoscalerController.class);
  private static final String ABLE = "AbleToScale";
  private static final String PERIOD = "kubrig.io/hpa-sync-period";

  private final Api api;
  private final Clock clock;
  private final EventRecorder events;
  private final Cached<HorizontalPodAutoscaler> autoscalers;
  private final Cached<Pod> pods;
  private final ScaleTargets targets;
  private final MetricsSource metrics;
  private final Settings settings;
  private final AutoscalerMetrics measured;
  private final Map<Key, History> histories = new ConcurrentHashMap<>();
  private final Selections selections = new Selections();
  private final OptIn<Duration> periods;

  /** The flags. @param window of shrinking */
  private record Settings(Duration period, Duration window, double tolerance, PodGroups.Youth youth) {
    static Settings of(ControllerManagerOptions options) {
      return new Settings(options.duration("horizontal-pod-autoscaler-sync-period"),
          options.duration("horizontal-pod-autoscaler-downscale-stabilization"), options.real("horizontal-pod-autoscaler-tolerance"),
          new PodGroups.Youth(options.duration("horizontal-pod-autoscaler-cpu-initialization-period"),
              options.duration("horizontal-pod-autoscaler-initial-readiness-delay")));
    }
  }

  /** A controller in a manager. */
  public HorizontalPodAutoscalerController(ControllerContext context) {
    this.api = context.api();
    this.clock = context.clock();
    this.events = context.events("horizontal-pod-autoscaler");
    this.autoscalers = context.caches().of(HorizontalPodAutoscaler.class);
    this.pods = context.caches().of(Pod.class);
    MetadataClient client = new MetadataClient(api.client());
    KnownKinds kinds = new KnownKinds(client, clock);
    this.targets = new ScaleTargets(client, kinds);
    this.metrics = new MetricsApis(client, kinds);
    this.settings = Settings.of(context.options());
    this.measured = new AutoscalerMetrics(context.metrics(), clock);
    this.periods = OptIn.period(PERIOD, events);
  }

  @Override
  public void watch(Queue queue) {
    autoscalers.watch(added -> await(queue, added), (before, after) -> await(queue, after), deleted -> {
      selections.forget(Key.of(deleted));
      queue.add(Key.of(deleted));
    });
  }

  /** The first look is a period away too; later changes do not bring the next one nearer. */
  private void await(Queue queue, HorizontalPodAutoscaler autoscaler) {
    selections.watch(Key.of(autoscaler));
    queue.addAfter(Key.of(autoscaler), period(autoscaler));
  }

  /** How long after one look the next one comes: that of the flag, unless the autoscaler has its own. */
  private Duration period(HorizontalPodAutoscaler autoscaler) {
    return periods.of(autoscaler).orElse(settings.period());
  }

  @Override
  public Outcome reconcile(Key key) {
    Optional<HorizontalPodAutoscaler> autoscaler = autoscalers.get(key);
    if (autoscaler.isEmpty()) {
      histories.remove(key);
      selections.forget(key);
      periods.forget(key);
      return Outcome.DONE;
    }
    AutoscalerMetrics.Reconciliation reconciliation = measured.reconciliation();
    try {
      reconcile(key, autoscaler.get(), reconciliation);
    } catch (RuntimeException e) {
      // whatever is wrong, the next look is a sync period away: back-off would hammer the metrics servers
      reconciliation.failed();
      LOG.warn("horizontal-pod-autoscaler: {}: {}", key, ApiErrors.message(e));
    } finally {
      reconciliation.finished();
    }
    return Outcome.after(period(autoscaler.get()), "the sync period");
  }

  private void reconcile(Key key, HorizontalPodAutoscaler autoscaler, AutoscalerMetrics.Reconciliation reconciliation) {
    Instant now = clock.now();
    AutoscalerStatus status = new AutoscalerStatus(autoscaler, now);
    ScaleTargets.Scale scale;
    try {
      scale = targets.read(key.namespace(), autoscaler.getSpec().getScaleTargetRef());
    } catch (MetricsException e) {
      events.warning(autoscaler, "FailedGetScale", e.getMessage());
      status.set(new AutoscalerPlan.Condition(ABLE, false, "FailedGetScale",
          "the HPA controller was unable to get the target's current scale: " + e.getMessage()));
      write(autoscaler, status);
      reconciliation.failed();
      return;
    }
    status.set(new AutoscalerPlan.Condition(ABLE, true, "SucceededGetScale",
        "the HPA controller was able to get the target's current scale"));
    History history = histories.computeIfAbsent(key, k -> History.beginning(scale.wanted(), now));
    Optional<LabelSelector> selector = parsed(autoscaler, scale, status);
    if (selector.isEmpty()) {
      reconciliation.failed();
      return;
    }
    AutoscalerPlan plan = AutoscalerPlan.of(observed(key, autoscaler, scale, selector.get(), history, now));
    histories.put(key, plan.history());
    plan.conditions().forEach(status::set);
    plan.events().forEach(warning -> events.warning(autoscaler, warning.reason(), warning.message()));
    status.metrics(plan.metrics());
    if (plan.failure().isPresent()) {
      status.replicas(scale.wanted(), status.desired());
      write(autoscaler, status);
      events.warning(autoscaler, "FailedComputeMetricsReplicas", plan.failure().get());
      reconciliation.failed();
    } else if (plan.size().isPresent()) {
      rescale(key, autoscaler, scale, plan.size().get(), status, reconciliation);
    } else {
      status.replicas(scale.wanted(), scale.wanted());
      write(autoscaler, status);
    }
  }

  /** The scale's selector; one that makes no sense is told. */
  private Optional<LabelSelector> parsed(HorizontalPodAutoscaler autoscaler, ScaleTargets.Scale scale, AutoscalerStatus status) {
    try {
      return Optional.of(LabelSelector.parse(scale.selector()));
    } catch (SelectorException e) {
      String message = "couldn't convert selector into a corresponding internal selector object: " + e.getMessage();
      events.warning(autoscaler, "InvalidSelector", message);
      status.set(new AutoscalerPlan.Condition("ScalingActive", false, "InvalidSelector", message));
      status.replicas(scale.wanted(), status.desired());
      write(autoscaler, status);
      events.warning(autoscaler, "FailedComputeMetricsReplicas", message);
      return Optional.empty();
    }
  }

  private AutoscalerPlan.Observed observed(
      Key key, HorizontalPodAutoscaler autoscaler, ScaleTargets.Scale scale, LabelSelector selector, History history, Instant now) {
    List<Pod> selected = scale.selector().isEmpty() ? List.of()
        : pods.inNamespace(key.namespace()).stream().filter(pod -> selector.matches(Objects.labels(pod))).toList();
    Optional<String> rivals = Optional.empty();
    if (!scale.selector().isEmpty()) {
      selections.put(key, selector);
      rivals = selections.rivals(key.namespace(), selected);
    }
    PodMath math = new PodMath(selected, scale.wanted(), Tolerances.of(autoscaler, settings.tolerance()), settings.youth(), now);
    MetricProposals proposals =
        new MetricProposals(metrics, new MetricProposals.Target(key.namespace(), scale.selector(), scale.present(), math));
    return new AutoscalerPlan.Observed(autoscaler, scale.wanted(), scale.selector(), rivals,
        spec -> measured.computed(spec.getType(), () -> proposals.of(spec)), history, settings.window(), now);
  }

  private void rescale(Key key, HorizontalPodAutoscaler autoscaler, ScaleTargets.Scale scale, AutoscalerPlan.Size size,
      AutoscalerStatus status, AutoscalerMetrics.Reconciliation reconciliation) {
    try {
      targets.write(scale, size.replicas());
    } catch (RuntimeException e) {
      String error = ApiErrors.message(e);
      events.warning(autoscaler, "FailedRescale", "New size: " + size.replicas() + "; reason: " + size.reason() + "; error: " + error);
      status.set(new AutoscalerPlan.Condition(ABLE, false, "FailedUpdateScale",
          "the HPA controller was unable to update the target scale: " + error));
      status.replicas(scale.wanted(), status.desired());
      write(autoscaler, status);
      reconciliation.failed();
      return;
    }
    status.set(new AutoscalerPlan.Condition(ABLE, true, "SucceededRescale",
        "the HPA controller was able to update the target scale to " + size.replicas()));
    events.normal(autoscaler, "SuccessfulRescale", "New size: " + size.replicas() + "; reason: " + size.reason());
    remember(key, autoscaler, scale.wanted(), size.replicas());
    reconciliation.scaled(size.replicas() > scale.wanted());
    status.replicas(scale.wanted(), size.replicas());
    status.scaled();
    write(autoscaler, status);
  }

  private void remember(Key key, HorizontalPodAutoscaler autoscaler, int before, int after) {
    HorizontalPodAutoscalerBehavior behavior = autoscaler.getSpec().getBehavior();
    if (behavior != null) { // nobody asks otherwise
      Duration longest = after > before ? ScalingRules.up(behavior.getScaleUp()).longestPeriod()
          : ScalingRules.down(behavior.getScaleDown(), settings.window()).longestPeriod();
      histories.computeIfPresent(key, (k, history) -> history.changed(before, after, clock.now(), longest));
    }
  }

  private void write(HorizontalPodAutoscaler autoscaler, AutoscalerStatus status) {
    if (!status.hasChanged()) {
      return;
    }
    HorizontalPodAutoscaler copy = Objects.copy(autoscaler);
    copy.setStatus(status.value());
    try {
      api.updateStatus(copy);
    } catch (RuntimeException e) {
      events.warning(autoscaler, "FailedUpdateStatus", ApiErrors.message(e));
      throw e;
    }
  }
}
