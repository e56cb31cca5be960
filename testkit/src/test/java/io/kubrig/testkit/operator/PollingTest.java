package io.kubrig.testkit.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.polling.PerResourcePollingConfigurationBuilder;
import io.javaoperatorsdk.operator.processing.event.source.polling.PerResourcePollingEventSource;
import io.javaoperatorsdk.operator.processing.event.source.polling.PollingConfigurationBuilder;
import io.javaoperatorsdk.operator.processing.event.source.polling.PollingEventSource;
import io.kubrig.testkit.KubrigCluster;
import io.kubrig.testkit.KubrigTest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Operators that look after something outside of the cluster: what they poll, they poll by the cluster's clock. */
@KubrigTest(virtualTime = true, controllers = false, scheduler = false, nodes = 0, crds = Widget.class,
    isolation = KubrigTest.Isolation.METHOD)
class PollingTest {
  private static final Duration PERIOD = Duration.ofMinutes(10);

  private volatile String outside = "small";
  private volatile String polled;
  private volatile String polledForEach;
  KubrigCluster cluster;

  /** Remembers what its sources have told it. */
  @ControllerConfiguration
  final class Sizes implements Reconciler<Widget> {
    @Override
    public List<EventSource<?, Widget>> prepareEventSources(EventSourceContext<Widget> context) {
      ResourceID id = new ResourceID("w", "default");
      return List.of(
          new PollingEventSource<>(StringBuilder.class, new PollingConfigurationBuilder<StringBuilder, String>(
              () -> Map.of(id, Set.of(new StringBuilder(outside))), PERIOD).withName("all").withResourceIDMapper(Object::toString).build()),
          new PerResourcePollingEventSource<>(String.class, context,
              new PerResourcePollingConfigurationBuilder<String, Widget, String>(widget -> Set.of(outside), PERIOD).withName("each")
                  .withResourceIDMapper(text -> text).build()));
    }

    @Override
    public UpdateControl<Widget> reconcile(Widget widget, Context<Widget> context) {
      polled = String.valueOf(context.getSecondaryResource(StringBuilder.class).orElse(null));
      polledForEach = context.getSecondaryResource(String.class).orElse("");
      return UpdateControl.noUpdate();
    }
  }

  @BeforeEach
  void start() throws InterruptedException {
    TestOperator operator = cluster.operator();
    operator.register(new Sizes());
    operator.start();
    Widget widget = new Widget();
    widget.setMetadata(new ObjectMetaBuilder().withName("w").withNamespace("default").build());
    cluster.client().resource(widget).create();
    cluster.settle();
  }

  @Test
  void what_is_polled_is_seen_when_its_time_has_come_and_not_before() throws Exception {
    assertThat(List.of(polled, polledForEach)).containsOnly("small");
    outside = "large";
    cluster.advance(PERIOD.minusSeconds(1));
    assertThat(List.of(polled, polledForEach)).containsOnly("small");
    cluster.advance(Duration.ofSeconds(2));
    assertThat(List.of(polled, polledForEach)).containsOnly("large");
  }
}
