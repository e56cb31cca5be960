package io.kubrig.scheduler.metrics;

import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.model.ResourceVector;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/** The page {@code /metrics/resources}: what each pod asks for and what it is limited to, as Prometheus text. Source: KEP-1748. */
public final class PodResources {
  private static final String REQUEST = "kube_pod_resource_request";
  private static final String LIMIT = "kube_pod_resource_limit";
  private static final String HELP = " workloads on the cluster, broken down by pod. This shows the resource usage the scheduler and "
      + "kubelet expect per pod for resources along with the unit for the resource if any.\n";

  private PodResources() {}

  /** The text for pods that have not ended. */
  public static String text(Collection<Pod> pods) {
    List<Pod> sorted = pods.stream().sorted(Comparator.comparing(Pod::key)).toList();
    StringBuilder out = new StringBuilder();
    write(out, LIMIT, "Resources limit for" + HELP, sorted, p -> p.spec().requests().limits());
    write(out, REQUEST, "Resources requested by" + HELP, sorted, p -> p.spec().requests().total());
    return out.toString();
  }

  private static void write(StringBuilder out, String name, String help, List<Pod> pods, Function<Pod, ResourceVector> amounts) {
    int start = out.length();
    for (Pod pod : pods) {
      ResourceVector v = amounts.apply(pod);
      for (int i = 0; i < v.size(); i++) {
        if (v.get(i) != 0) {
          sample(out, name, pod, i, v.get(i));
        }
      }
    }
    if (out.length() > start) {
      out.insert(start, "# HELP " + name + " [STABLE] " + help + "# TYPE " + name + " gauge\n");
    }
  }

  private static void sample(StringBuilder out, String name, Pod pod, int resource, long amount) {
    String node = pod.state().nodeName() == null ? "" : pod.state().nodeName();
    out.append(name).append("{namespace=\"").append(pod.namespace()).append("\",node=\"").append(node).append("\",pod=\"")
        .append(pod.name()).append("\",priority=\"").append(pod.priority()).append("\",resource=\"").append(ResourceVector.name(resource))
        .append("\",scheduler=\"").append(pod.schedulerName()).append("\",unit=\"").append(unit(ResourceVector.name(resource)))
        .append("\"} ").append(resource == ResourceVector.CPU ? cores(amount) : number(amount)).append('\n');
  }

  private static String cores(long milli) {
    return BigDecimal.valueOf(milli, 3).stripTrailingZeros().toPlainString();
  }

  /** As Go prints floats: with an exponent from 21 digits on, which no amount has, and from a million on in metrics. */
  private static String number(long amount) {
    String digits = Long.toString(amount);
    if (digits.length() < 7) {
      return digits;
    }
    String rest = digits.substring(1).replaceAll("0+$", "");
    return digits.charAt(0) + (rest.isEmpty() ? "" : "." + rest) + "e+" + (digits.length() < 11 ? "0" : "") + (digits.length() - 1);
  }

  private static String unit(String resource) {
    return switch (resource) {
      case "cpu" -> "cores";
      case "memory", "storage", "ephemeral-storage" -> "bytes";
      default -> resource.startsWith("hugepages-") ? "bytes" : resource.startsWith("attachable-volumes-") ? "integer" : "";
    };
  }
}
