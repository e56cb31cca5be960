package io.kubrig.standalone;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.kubrig.machinery.component.StartException;
import io.kubrig.operators.why.Standing;
import io.kubrig.operators.why.WhyText;
import io.kubrig.scheduler.explain.Decided;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.whatif.Explanation;
import io.kubrig.scheduler.whatif.Planner;
import io.kubrig.scheduler.whatif.Report;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code kubrig why pod NAME} and {@code kubrig why KIND/NAME}. Exit code 0 when the pod fits somewhere, or nothing holds the object up; 2
 * when the pod fits nowhere, or something does.
 */
@Command(name = "why", description = {
  "Tells why a pod is where it is, or why it is nowhere: what each plugin says of each node, the scores, and the smallest changes that "
      + "would place it. Of any other object (deployment/NAME, and so on) it tells what holds it up: the chain from the object to the "
      + "cause, with the fields, conditions and events that say so. Works with any cluster, any scheduler of the same configuration and any "
      + "controller manager; nothing is written."})
final class WhyCommand implements Callable<Integer> {
  private static final int HELD_UP = 2;
  private static final Set<String> PODS = Set.of("pod", "pods", "po");

  @Parameters(index = "0", paramLabel = "KIND", description = "What it is: pod, deployment, statefulset, job, namespace...; or KIND/NAME.")
  private String kind;

  @Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "The name of the object.")
  private String name;

  @Option(names = {"-n", "--namespace"}, defaultValue = "default", description = "The object's namespace. Default: ${DEFAULT-VALUE}.")
  private String namespace;

  @Option(names = "--limit", defaultValue = "20",
      description = "Of a pod: how many nodes to tell of one by one. Default: ${DEFAULT-VALUE}.")
  private int limit;

  @Option(names = {"-o", "--output"}, defaultValue = "text", description = "text, json or yaml. Default: ${DEFAULT-VALUE}.")
  private String output;

  @Option(names = "--now",
      description = "Of a pod: ask about the cluster as it is now, even if the scheduler has kept what it last decided.")
  private boolean now;

  @Option(names = "--controller-manager", paramLabel = "URL", defaultValue = "",
      description = "A controller manager of kubrig, https://HOST:10257, that is asked as well what it waits for (not for pods).")
  private String manager;

  @Option(names = "--insecure-skip-tls-verify",
      description = "Trust the controller manager's certificate, whoever signed it (by default it has signed it itself).")
  private boolean insecure;

  @Mixin private ClusterSource source;

  @Override
  public Integer call() throws InterruptedException {
    if (!Set.of("text", "json", "yaml").contains(output)) {
      throw new StartException("--output must be text, json or yaml, not " + output);
    }
    int slash = kind.indexOf('/');
    if (slash < 0 == (name == null)) {
      throw new StartException("name one object, as KIND NAME or KIND/NAME");
    }
    String what = slash < 0 ? kind : kind.substring(0, slash);
    String which = slash < 0 ? name : kind.substring(slash + 1);
    return PODS.contains(what) ? pod(which) : heldUp(what, which);
  }

  private int heldUp(String what, String which) throws InterruptedException {
    HeldUp question = new HeldUp(source);
    HeldUp.Answer chain = question.ask(what, namespace, which);
    HeldUp.Answer answer = manager.isEmpty() ? chain : question.with(chain, manager, insecure);
    print(answer.chain(), WhyText.of(answer.chain(), answer.unread()));
    return answer.chain().standing() == Standing.FINE ? 0 : HELD_UP;
  }

  private int pod(String pod) throws InterruptedException {
    Optional<Decided> kept = now ? Optional.empty() : source.kept(namespace, pod);
    if (kept.isPresent()) {
      Decided d = kept.get();
      return tell(d.explanation(), "Decided at " + d.at() + ", attempt " + d.attempts() + " (--now asks again). ");
    }
    Planner planner = source.planner(source.objects());
    Pod found = planner.pod(namespace, pod)
        .orElseThrow(() -> new StartException("pods \"" + pod + "\" not found in namespace " + namespace));
    return tell(planner.explain(found, limit), "");
  }

  private int tell(Explanation e, String when) {
    print(e, when + Report.of(e));
    return e.verdicts().stream().anyMatch(Explanation.Verdict::fits) ? 0 : HELD_UP;
  }

  private void print(Object answer, String text) {
    KubernetesSerialization serialization = new KubernetesSerialization();
    System.out.print(switch (output) {
      case "json" -> serialization.asJson(answer) + "\n";
      case "yaml" -> serialization.asYaml(answer);
      default -> text;
    });
  }
}
