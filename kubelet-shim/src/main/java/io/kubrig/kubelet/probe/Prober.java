package io.kubrig.kubelet.probe;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ExecAction;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.Probe;
import io.kubrig.kubelet.cri.ContainerRuntime;
import io.kubrig.kubelet.cri.CriException;
import io.kubrig.machinery.duration.GoDuration;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Makes one attempt of a probe. */
final class Prober {
  private static final int MAX_OUTPUT = 10 * 1024;
  private static final int MIN_SUCCESS = 200;
  private static final int MIN_REDIRECT = 300;
  private static final int MIN_FAILURE = 400;

  private final ContainerRuntime runtime;

  Prober(ContainerRuntime runtime) {
    this.runtime = runtime;
  }

  ProbeOutcome attempt(Probe probe, Container container, String containerId, String podIp) {
    Duration timeout = Duration.ofSeconds(probe.getTimeoutSeconds() == null ? 1 : probe.getTimeoutSeconds());
    try {
      if (probe.getExec() != null) {
        return exec(probe.getExec(), containerId, timeout);
      }
      if (probe.getHttpGet() != null) {
        return http(probe.getHttpGet(), container, podIp, timeout);
      }
      if (probe.getTcpSocket() != null) {
        String host = probe.getTcpSocket().getHost() == null || probe.getTcpSocket().getHost().isEmpty() ? podIp
            : probe.getTcpSocket().getHost();
        return tcp(host, HttpTarget.port(probe.getTcpSocket().getPort(), container), timeout);
      }
      if (probe.getGrpc() != null) {
        String service = probe.getGrpc().getService() == null ? "" : probe.getGrpc().getService();
        return GrpcHealth.check(podIp, probe.getGrpc().getPort(), service, timeout);
      }
      return ProbeOutcome.error("missing probe handler for " + container.getName());
    } catch (IOException e) {
      return ProbeOutcome.error(e.getMessage());
    }
  }

  private ProbeOutcome exec(ExecAction action, String containerId, Duration timeout) {
    try {
      ContainerRuntime.ExecOutcome outcome = runtime.exec(containerId, action.getCommand(), timeout);
      String output = new String(outcome.stdout(), StandardCharsets.UTF_8) + new String(outcome.stderr(), StandardCharsets.UTF_8);
      String cut = output.length() > MAX_OUTPUT ? output.substring(0, MAX_OUTPUT) : output;
      return outcome.exitCode() == 0 ? ProbeOutcome.success(cut) : ProbeOutcome.failure(cut);
    } catch (CriException e) {
      if (e.kind() == CriException.Kind.DEADLINE) {
        return ProbeOutcome.failure("command timed out: " + action.getCommand().stream().reduce((a, b) -> a + " " + b)
            .map(c -> "\"" + c + "\"").orElse("\"\"") + " timed out after " + GoDuration.format(timeout));
      }
      return ProbeOutcome.error(e.rpcMessage());
    }
  }

  private static ProbeOutcome http(HTTPGetAction action, Container container, String podIp, Duration timeout) throws IOException {
    URI uri = HttpTarget.uri(action, container, podIp);
    try {
      HttpCall.Answer answer = HttpCall.get(uri, HttpTarget.headers(action), timeout);
      int status = answer.status();
      if (status >= MIN_REDIRECT && status < MIN_FAILURE) {
        return ProbeOutcome.warning("Probe terminated redirects, Response body: " + answer.body());
      }
      return status >= MIN_SUCCESS && status < MIN_FAILURE
          ? ProbeOutcome.success(answer.body())
          : ProbeOutcome.failure("HTTP probe failed with statuscode: " + status);
    } catch (IOException e) {
      return ProbeOutcome.failure("Get \"" + uri + "\": " + e.getMessage());
    }
  }

  private static ProbeOutcome tcp(String host, int port, Duration timeout) {
    try {
      HttpCall.connect(host, port, timeout).close();
      return ProbeOutcome.success("");
    } catch (IOException e) {
      return ProbeOutcome.failure(e.getMessage());
    }
  }
}
