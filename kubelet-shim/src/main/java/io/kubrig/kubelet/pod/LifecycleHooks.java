package io.kubrig.kubelet.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.LifecycleHandler;
import io.kubrig.kubelet.cri.ContainerRuntime;
import io.kubrig.kubelet.cri.CriException;
import io.kubrig.kubelet.probe.HttpCall;
import io.kubrig.kubelet.probe.HttpTarget;
import io.kubrig.machinery.clock.Clock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** Runs what a container wants done right after its start or right before its end. */
final class LifecycleHooks {
  private static final Duration HTTP_TIMEOUT = Duration.ofMinutes(1);

  private final ContainerRuntime runtime;
  private final Clock clock;

  LifecycleHooks(ContainerRuntime runtime, Clock clock) {
    this.runtime = runtime;
    this.clock = clock;
  }

  /**
   * @param limit how long a command may take; zero stands for no limit
   * @return what went wrong; empty when nothing did
   */
  Optional<String> run(LifecycleHandler hook, Container container, String containerId, String podIp, Duration limit)
      throws InterruptedException {
    try {
      if (hook.getExec() != null) {
        ContainerRuntime.ExecOutcome outcome = runtime.exec(containerId, hook.getExec().getCommand(), limit);
        return outcome.exitCode() == 0
            ? Optional.empty()
            : Optional.of("command '" + String.join(" ", hook.getExec().getCommand()) + "' exited with " + outcome.exitCode() + ": "
                + new String(outcome.stderr(), StandardCharsets.UTF_8));
      }
      if (hook.getHttpGet() != null) {
        HttpCall.get(HttpTarget.uri(hook.getHttpGet(), container, podIp), HttpTarget.headers(hook.getHttpGet()), limit.isZero()
            ? HTTP_TIMEOUT : limit);
      } else if (hook.getSleep() != null) {
        Duration wanted = Duration.ofSeconds(hook.getSleep().getSeconds());
        clock.sleep(limit.isZero() || wanted.compareTo(limit) < 0 ? wanted : limit);
      }
      return Optional.empty();
    } catch (CriException e) {
      return Optional.of(e.rpcMessage());
    } catch (IOException e) {
      return Optional.of(e.getMessage());
    }
  }
}
