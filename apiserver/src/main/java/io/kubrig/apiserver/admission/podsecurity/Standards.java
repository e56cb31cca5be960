package io.kubrig.apiserver.admission.podsecurity;

import io.kubrig.machinery.component.KubernetesVersion;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The checks of every level in every version, in the order in which they are reported. */
final class Standards {
  private static final int NEWEST = Integer.parseInt(KubernetesVersion.MINOR);

  /**
   * A rule through time.
   *
   * @param versions the check by the minor version from which on it is this one
   * @param replaces the rule of the baseline in whose place it comes where it is in force, "" for none
   */
  private record Rule(String id, NavigableMap<Integer, Check> versions, String replaces) {

    Optional<Check> at(int minor) {
      return Optional.ofNullable(versions.floorEntry(minor)).map(Map.Entry::getValue);
    }
  }

  private static Rule rule(String id, Map<Integer, Check> versions) {
    return new Rule(id, new TreeMap<>(versions), "");
  }

  private static Rule rule(String id, Map<Integer, Check> versions, String replaces) {
    return new Rule(id, new TreeMap<>(versions), replaces);
  }

  private static final List<Rule> BASELINE =
      List.of(
          rule("appArmorProfile", Map.of(0, BaselineChecks::appArmorProfile)),
          rule("capabilities_baseline", Map.of(0, BaselineChecks::capabilities)),
          rule("hostNamespaces", Map.of(0, BaselineChecks::hostNamespaces)),
          rule("hostPathVolumes", Map.of(0, BaselineChecks::hostPathVolumes)),
          rule("hostPorts", Map.of(0, BaselineChecks::hostPorts)),
          rule("hostProbesAndHostLifecycle", Map.of(34, HandlerHosts::violation)),
          rule("privileged", Map.of(0, BaselineChecks::privileged)),
          rule("procMount", Map.of(0, BaselineChecks::procMount, 35, ((Check) BaselineChecks::procMount).exceptWithOwnUsers())),
          rule("seLinuxOptions", Map.of(0, SeLinuxOptions.until(30), 31, SeLinuxOptions.until(Policy.Standard.LATEST))),
          rule("seccompProfile_baseline", Map.of(0, SeccompProfiles::annotations, 19, SeccompProfiles::baseline)),
          rule("sysctls", Map.of(0, Sysctls.in(0), 27, Sysctls.in(27), 29, Sysctls.in(29), 32, Sysctls.in(32), 37, Sysctls.in(37))),
          rule("windowsHostProcess", Map.of(0, BaselineChecks::windowsHostProcess)));

  private static final List<Rule> RESTRICTED =
      List.of(
          rule(
              "allowPrivilegeEscalation",
              Map.of(8, RestrictedChecks::privilegeEscalation, 25, ((Check) RestrictedChecks::privilegeEscalation).exceptOnWindows())),
          rule(
              "capabilities_restricted",
              Map.of(22, RestrictedChecks::capabilities, 25, ((Check) RestrictedChecks::capabilities).exceptOnWindows()),
              "capabilities_baseline"),
          rule("procMount_restricted", Map.of(35, BaselineChecks::procMount), "procMount"),
          rule("restrictedVolumes", Map.of(0, RestrictedChecks::volumes), "hostPathVolumes"),
          rule("runAsNonRoot", Map.of(0, RestrictedChecks::runAsNonRoot, 35,
              ((Check) RestrictedChecks::runAsNonRoot).exceptWithOwnUsers())),
          rule("runAsUser", Map.of(23, RestrictedChecks::runAsUser, 35, ((Check) RestrictedChecks::runAsUser).exceptWithOwnUsers())),
          rule(
              "seccompProfile_restricted",
              Map.of(19, SeccompProfiles::restricted, 25, ((Check) SeccompProfiles::restricted).exceptOnWindows()),
              "seccompProfile_baseline"));

  private Standards() {}

  /** Everything in a pod that a standard does not allow. */
  static List<Violation> violations(Policy.Standard standard, PodView pod) {
    List<Violation> violations = new ArrayList<>();
    for (Check check : checks(standard.level(), Math.min(standard.minor(), NEWEST))) {
      check.violation(pod).ifPresent(violations::add);
    }
    return violations;
  }

  private static List<Check> checks(Level level, int minor) {
    if (level == Level.PRIVILEGED) {
      return List.of();
    }
    List<Rule> stricter = level == Level.RESTRICTED ? RESTRICTED.stream().filter(rule -> rule.at(minor).isPresent()).toList() : List.of();
    Set<String> replaced = new HashSet<>();
    stricter.forEach(rule -> replaced.add(rule.replaces()));
    List<Check> checks = new ArrayList<>();
    for (Rule rule : BASELINE) {
      if (!replaced.contains(rule.id())) {
        rule.at(minor).ifPresent(checks::add);
      }
    }
    stricter.forEach(rule -> rule.at(minor).ifPresent(checks::add));
    return checks;
  }
}
