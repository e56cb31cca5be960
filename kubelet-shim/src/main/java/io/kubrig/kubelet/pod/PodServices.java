package io.kubrig.kubelet.pod;

import io.fabric8.kubernetes.api.model.Quantity;
import io.kubrig.kubelet.container.PodCgroups;
import io.kubrig.kubelet.probe.Probes;
import io.kubrig.kubelet.status.StatusReporter;
import io.kubrig.kubelet.volume.PodVolumes;
import io.kubrig.machinery.clock.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the workers of all pods share. */
interface PodServices {
  Clock clock();

  RuntimeReader reader();

  PodActor actor();

  PodVolumes volumes();

  PodCgroups cgroups();

  Probes probes();

  PodEvents events();

  StatusReporter reporter();

  String nodeName();

  List<String> hostIps();

  Map<String, Quantity> allocatable();

  /** Why the runtime cannot connect pods now; empty when it can. */
  Optional<String> networkProblem();

  /** How often a pod is looked at although nothing happened. */
  Duration syncFrequency();

  /** A worker ended. */
  void finished(String podUid);
}
