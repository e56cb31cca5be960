package io.kubrig.apiserver.admission.podsecurity;

import java.util.Optional;

/** One rule of a level in one of its versions. */
@FunctionalInterface
interface Check {
  Optional<Violation> violation(PodView pod);

  /** The rule, which does not hold for pods of Windows. */
  default Check exceptOnWindows() {
    return pod -> pod.isWindows() ? Optional.empty() : violation(pod);
  }

  /** The rule, which does not hold for pods in a user namespace. */
  default Check exceptWithOwnUsers() {
    return pod -> pod.hasOwnUsers() ? Optional.empty() : violation(pod);
  }
}
