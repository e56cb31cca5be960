package io.kubrig.testkit.operator;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.javaoperatorsdk.operator.processing.retry.GradualRetry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A reconciler in the manner of the SDK's samples: applies a ConfigMap for each widget, looks again every hour, retries with a back-off of
 * a minute, cleans up. A widget that is red fails twice before it works.
 */
@ControllerConfiguration
@GradualRetry(maxAttempts = 5, initialInterval = 60_000, intervalMultiplier = 2)
public class WidgetReconciler implements Reconciler<Widget>, Cleaner<Widget> {
  final AtomicInteger runs = new AtomicInteger();
  final AtomicInteger cleanups = new AtomicInteger();

  @Override
  public List<EventSource<?, Widget>> prepareEventSources(EventSourceContext<Widget> context) {
    return List.of(
        new InformerEventSource<>(
            InformerEventSourceConfiguration.from(ConfigMap.class, Widget.class).withName("configs").build(), context));
  }

  @Override
  public UpdateControl<Widget> reconcile(Widget widget, Context<Widget> context) {
    runs.incrementAndGet();
    if ("red".equals(widget.getSpec().color) && context.getRetryInfo().map(retry -> retry.getAttemptCount()).orElse(0) < 2) {
      throw new IllegalStateException("not yet");
    }
    ConfigMap wanted =
        new ConfigMapBuilder()
            .withNewMetadata()
            .withName(widget.getMetadata().getName())
            .withNamespace(widget.getMetadata().getNamespace())
            .addNewOwnerReference()
            .withApiVersion(widget.getApiVersion())
            .withKind(widget.getKind())
            .withName(widget.getMetadata().getName())
            .withUid(widget.getMetadata().getUid())
            .endOwnerReference()
            .endMetadata()
            .withData(Map.of("size", String.valueOf(widget.getSpec().size)))
            .build();
    context.getClient().resource(wanted).fieldManager("widgets").forceConflicts().serverSideApply();
    if (widget.getStatus() != null && Boolean.TRUE.equals(widget.getStatus().ready)) {
      return UpdateControl.<Widget>noUpdate().rescheduleAfter(Duration.ofHours(1));
    }
    Widget.State state = new Widget.State();
    state.ready = true;
    widget.setStatus(state);
    return UpdateControl.patchStatus(widget).rescheduleAfter(Duration.ofHours(1));
  }

  @Override
  public DeleteControl cleanup(Widget widget, Context<Widget> context) {
    cleanups.incrementAndGet();
    return DeleteControl.defaultDelete();
  }
}
