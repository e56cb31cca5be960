package io.kubrig.bench.scheduler;

import io.kubrig.bench.ServerProcesses;
import io.kubrig.machinery.pki.TrustAnyone;
import java.io.IOException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/**
 * Runs one workload of the upstream benchmark against an API server whose scheduler, any, runs as a process of its own: {@code
 * ComponentPerf URL TOKEN SCHEDULER_PID WORKLOAD}. Prints a JSON object like {@link SchedulerPerf}; the time runs from the first pod's
 * creation until the last one is bound, the processor time is that of the scheduler's process.
 */
public final class ComponentPerf {
  private ComponentPerf() {}

  public static void main(String[] args) throws IOException, InterruptedException, GeneralSecurityException {
    if (args.length != 4) {
      System.err.println("usage: ComponentPerf URL TOKEN SCHEDULER_PID WORKLOAD");
      System.exit(2);
    }
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(null, new TrustManager[] {new TrustAnyone()}, null); // the server measured was started a moment ago, with keys of its own
    Cases cases = new Cases();
    Workload workload = cases.select(List.of(args[3])).getFirst();
    Progress progress = new Progress();
    ServerProcesses scheduler = new ServerProcesses(List.of(Long.parseLong(args[2])));
    try (Stage stage = new OverHttp(URI.create(args[0]), args[1], tls, scheduler, progress)) {
      Result r = new WorkloadRun(stage, progress, cases.templates(), workload).run(cases.steps(workload));
      System.out.printf("%s,\"residentMebibytes\":%.0f}%n", r.json().substring(0, r.json().length() - 1), scheduler.residentMebibytes());
    } catch (IllegalStateException e) {
      System.out.println("{\"workload\":\"" + workload.id() + "\",\"failed\":\"" + e.getMessage().replace('"', '\'') + "\"}");
      System.exit(1);
    }
    System.exit(0);
  }
}
