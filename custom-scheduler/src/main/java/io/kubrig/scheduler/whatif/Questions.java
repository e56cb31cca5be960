package io.kubrig.scheduler.whatif;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.health.Page;
import io.kubrig.scheduler.config.SchedulerConfiguration;
import io.kubrig.scheduler.cycle.Scheduler;
import io.kubrig.scheduler.framework.PluginFactory;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;

/**
 * The pages of a running scheduler that answer questions, as JSON:
 * <ul>
 *   <li>{@code GET /debug/why?namespace=N&pod=P[&limit=20]}: an {@link Explanation};
 *   <li>{@code GET /debug/queue} and {@code GET /debug/cache[?node=N]}: what waits for what, and what the nodes are believed to have;
 *   <li>{@code POST /debug/simulate[?preempt=true][?capacity=true&most=1000]}, with pods or workloads as YAML or JSON: where they would go
 * (and, with {@code preempt}, whom they would evict), or how many of the first would fit. The cluster is copied once, between two attempts;
 * the thinking is done on the request's own thread.
 * </ul>
 */
public final class Questions {
  private static final KubernetesSerialization JSON = new KubernetesSerialization();
  private static final int NODES_TOLD = 20;
  private static final int MOST = 1000;

  private final Scheduler scheduler;
  private final SchedulerConfiguration configuration;
  private final Supplier<Map<String, PluginFactory>> registry;
  private final Clock clock;

  /** With the plugins that are in use at the moment of a question. */
  public Questions(Scheduler scheduler, SchedulerConfiguration configuration, Supplier<Map<String, PluginFactory>> registry, Clock clock) {
    this.scheduler = scheduler;
    this.configuration = configuration;
    this.registry = registry;
    this.clock = clock;
  }

  private interface Answer {
    Object give() throws InterruptedException;
  }

  private static Page.Answer answer(Answer answer) {
    try {
      return new Page.Answer(200, "application/json", JSON.asJson(answer.give()) + "\n");
    } catch (QuestionException e) {
      return new Page.Answer(400, "text/plain; charset=utf-8", e.getMessage() + "\n");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Page.Answer(503, "text/plain; charset=utf-8", "interrupted\n");
    }
  }

  /** The page of {@code /debug/why}. */
  public Page.Answer why(Page.Request request) {
    return answer(() -> {
      String namespace = parameter(request, "namespace").orElse("default");
      String pod = parameter(request, "pod").orElseThrow(() -> new QuestionException("the parameter pod is missing"));
      return scheduler.knowledge().explain(namespace, pod, number(request, "limit", NODES_TOLD))
          .orElseThrow(() -> new QuestionException("pods \"" + pod + "\" not found in namespace " + namespace));
    });
  }

  /** The page of {@code /debug/queue}. */
  public Page.Answer queue(Page.Request request) {
    return answer(scheduler.knowledge()::queue);
  }

  /** The page of {@code /debug/cache}. */
  public Page.Answer cache(Page.Request request) {
    return answer(() -> scheduler.knowledge().cache(parameter(request, "node")));
  }

  /** The page of {@code /debug/simulate}. */
  public Page.Answer simulate(Page.Request request) {
    return answer(() -> {
      List<io.fabric8.kubernetes.api.model.Pod> pods = ClusterDump.pods(request.body());
      if (pods.isEmpty()) {
        throw new QuestionException("the body has no pods");
      }
      Planner planner = new Planner(configuration, registry.get(), scheduler.knowledge().extenders(), clock, new Random(1));
      if (isTrue(request, "preempt")) {
        planner.evicting();
      }
      scheduler.knowledge().tell(planner);
      return isTrue(request, "capacity")
          ? planner.capacity(pods.getFirst(), number(request, "most", MOST)) : planner.place(pods);
    });
  }

  private static Optional<String> parameter(Page.Request request, String name) {
    return request.query().getOrDefault(name, List.of()).stream().findFirst();
  }

  private static boolean isTrue(Page.Request request, String name) {
    return parameter(request, name).filter(c -> c.equals("true")).isPresent();
  }

  private static int number(Page.Request request, String name, int otherwise) {
    try {
      return parameter(request, name).map(Integer::parseInt).orElse(otherwise);
    } catch (NumberFormatException e) {
      throw new QuestionException("the parameter " + name + " is no number");
    }
  }
}
