package io.kubrig.standalone;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.kubrig.machinery.component.StartException;
import io.kubrig.scheduler.explain.Decided;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.whatif.Explanation;
import io.kubrig.scheduler.whatif.Planner;
import io.kubrig.scheduler.whatif.Report;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kubrig why pod NAME}. Exit code 0 when the pod fits somewhere, 2 when it fits nowhere. */
@Command(name = "why", description = {
  "Tells why a pod is where it is, or why it is nowhere: what each plugin says of each node, the scores, and the smallest changes that "
      + "would"
      + " place it. Works with any cluster and any scheduler of the same configuration; nothing is written."})
final class WhyCommand implements Callable<Integer> {
  private static final int FITS_NOWHERE = 2;

  @Parameters(index = "0", paramLabel = "pod", description = "The word \"pod\".")
  private String kind;

  @Parameters(index = "1", paramLabel = "NAME", description = "The name of the pod.")
  private String name;

  @Option(names = {"-n", "--namespace"}, defaultValue = "default", description = "The namespace of the pod. Default: ${DEFAULT-VALUE}.")
  private String namespace;

  @Option(names = "--limit", defaultValue = "20", description = "How many nodes to tell of one by one. Default: ${DEFAULT-VALUE}.")
  private int limit;

  @Option(names = {"-o", "--output"}, defaultValue = "text", description = "text or json. Default: ${DEFAULT-VALUE}.")
  private String output;

  @Option(names = "--now", description = "Ask about the cluster as it is now, even if the scheduler has kept what it last decided.")
  private boolean now;

  @Mixin private ClusterSource source;

  @Override
  public Integer call() throws InterruptedException {
    if (!kind.equals("pod") && !kind.equals("pods") && !kind.equals("po")) {
      throw new StartException("why knows pods only, not " + kind);
    }
    Optional<Decided> kept = now ? Optional.empty() : source.kept(namespace, name);
    if (kept.isPresent()) {
      Decided d = kept.get();
      return tell(d.explanation(), "Decided at " + d.at() + ", attempt " + d.attempts() + " (--now asks again). ");
    }
    Planner planner = source.planner(source.objects());
    Pod pod = planner.pod(namespace, name)
        .orElseThrow(() -> new StartException("pods \"" + name + "\" not found in namespace " + namespace));
    return tell(planner.explain(pod, limit), "");
  }

  private int tell(Explanation e, String when) {
    System.out.print(output.equals("json") ? new KubernetesSerialization().asJson(e) + "\n" : when + Report.of(e));
    return e.verdicts().stream().anyMatch(Explanation.Verdict::fits) ? 0 : FITS_NOWHERE;
  }
}
