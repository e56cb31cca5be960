package io.kubrig.kubelet.pod;

import java.util.Optional;

/** What the probes found last, by the identifier of the run they probed. */
public interface ProbeReadings {
  /** The outcome of a probe after its thresholds are applied. */
  enum Verdict {
    SUCCESS,
    FAILURE,
    UNKNOWN
  }

  /** Empty when nothing probes the container for liveness. */
  Optional<Verdict> liveness(String containerId);

  /** Empty when nothing probes the container for startup. */
  Optional<Verdict> startup(String containerId);

  /** Empty when nothing probes the container for readiness. */
  Optional<Verdict> readiness(String containerId);

  /** No probes at all. */
  ProbeReadings NONE =
      new ProbeReadings() {
        @Override
        public Optional<Verdict> liveness(String containerId) {
          return Optional.empty();
        }

        @Override
        public Optional<Verdict> startup(String containerId) {
          return Optional.empty();
        }

        @Override
        public Optional<Verdict> readiness(String containerId) {
          return Optional.empty();
        }
      };
}
