package io.kubrig.standalone;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.kubrig.machinery.component.StartException;
import io.kubrig.scheduler.whatif.ClusterDump;
import io.kubrig.scheduler.whatif.Planner;
import io.kubrig.scheduler.whatif.Report;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kubrig simulate}. Exit code 0 when every pod has a place, 2 when one has none. */
@Command(name = "simulate", description = {
  "Tells where pods would go, with any configuration, against a running cluster or a file; or how many of a pod fit and what runs out "
      + "first. Nothing is written; extenders are asked to filter and to prioritize."})
final class SimulateCommand implements Callable<Integer> {
  private static final int SOME_UNPLACED = 2;

  @Option(names = "--pods", paramLabel = "FILE",
      description = "The pods, or workloads that make pods. Without it: the pods that wait in the cluster.")
  private Path pods;

  @Option(names = "--compare", paramLabel = "FILE",
      description = "A second scheduler configuration: only what it does differently is told.")
  private Path compare;

  @Option(names = "--capacity", description = "How many more of the first pod fit, and what runs out first.")
  private boolean capacity;

  @Option(names = "--preempt",
      description = "Let pods that fit nowhere evict others of lower priority, and tell whom. Without it nobody is evicted.")
  private boolean preempt;

  @Option(names = "--most", defaultValue = "10000", description = "Where --capacity ends. Default: ${DEFAULT-VALUE}.")
  private int most;

  @Option(names = {"-o", "--output"}, defaultValue = "text", description = "text or json. Default: ${DEFAULT-VALUE}.")
  private String output;

  @Mixin private ClusterSource source;

  @Override
  public Integer call() throws InterruptedException {
    List<HasMetadata> objects = source.objects();
    Planner planner = evicting(source.planner(objects));
    if (capacity) {
      List<Pod> wanted = wanted();
      if (wanted.isEmpty()) {
        throw new StartException("--capacity needs a pod in --pods");
      }
      Planner.Capacity c = planner.capacity(wanted.getFirst(), most);
      print(c, Report.of(c));
      return 0;
    }
    List<Planner.Placement> placements = place(planner);
    if (compare == null) {
      print(placements, Report.of(placements));
    } else {
      List<Planner.Placement> others = place(evicting(source.planner(objects, compare)));
      print(Map.of("first", placements, "second", others), Report.difference(placements, others));
    }
    return placements.stream().allMatch(p -> p.node() != null) ? 0 : SOME_UNPLACED;
  }

  private Planner evicting(Planner planner) {
    return preempt ? planner.evicting() : planner;
  }

  private List<Pod> wanted() {
    return pods == null ? List.of() : ClusterDump.pods(ClusterSource.text(pods));
  }

  private List<Planner.Placement> place(Planner planner) {
    return pods == null ? planner.waiting().stream().map(planner::place).toList() : planner.place(wanted());
  }

  private void print(Object answer, String text) {
    System.out.print(output.equals("json") ? new KubernetesSerialization().asJson(answer) + "\n" : text);
  }
}
