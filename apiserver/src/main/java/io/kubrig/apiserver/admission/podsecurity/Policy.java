package io.kubrig.apiserver.admission.podsecurity;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a namespace's labels ask for in each of the three modes. */
record Policy(Standard enforce, Standard audit, Standard warn) {
  private static final String PREFIX = "pod-security.kubernetes.io/";

  /**
   * A level as it was in a minor version of Kubernetes 1.
   *
   * @param minor {@link #LATEST} for the newest
   */
  record Standard(Level level, int minor) {
    static final int LATEST = Integer.MAX_VALUE;
    static final String DEMAND = "must be \"latest\" or \"v1.x\"";
    private static final Pattern VERSION = Pattern.compile("v1\\.(0|[1-9][0-9]{0,8})");

    static final Standard PRIVILEGED = new Standard(Level.PRIVILEGED, LATEST);

    static Optional<Integer> parseMinor(String text) {
      if (text.equals("latest")) {
        return Optional.of(LATEST);
      }
      Matcher matcher = VERSION.matcher(text);
      return matcher.matches() ? Optional.of(Integer.parseInt(matcher.group(1))) : Optional.empty();
    }

    Standard with(Level other) {
      return new Standard(other, minor);
    }

    Standard with(int otherMinor) {
      return new Standard(level, otherMinor);
    }

    boolean isPrivileged() {
      return level == Level.PRIVILEGED;
    }

    @Override
    public String toString() {
      return level + ":" + (minor == LATEST ? "latest" : "v1." + minor);
    }
  }

  static final Policy NONE = new Policy(Standard.PRIVILEGED, Standard.PRIVILEGED, Standard.PRIVILEGED);

  boolean isFullyPrivileged() {
    return enforce.isPrivileged() && audit.isPrivileged() && warn.isPrivileged();
  }

  /**
   * The policy of a namespace. What a label says wrongly is answered strictly where it is enforced and else not at all, and told to
   * {@code errors}.
   *
   * @param defaults for what no label says
   */
  static Policy of(Map<String, String> labels, Policy defaults, FieldErrors errors) {
    Standard enforce = standard(labels, "enforce", defaults.enforce(), Level.RESTRICTED, errors);
    Standard audit = standard(labels, "audit", defaults.audit(), Level.PRIVILEGED, errors);
    Standard warn = standard(labels, "warn", defaults.warn(), Level.PRIVILEGED, errors);
    boolean enforces = Level.parse(labels.getOrDefault(PREFIX + "enforce", "")).isPresent();
    if (enforces && !labels.containsKey(PREFIX + "warn") && enforce.level().compareTo(warn.level()) > 0) {
      // who enforces is warned as well
      warn = labels.containsKey(PREFIX + "warn-version") ? warn.with(enforce.level()) : enforce;
    }
    return new Policy(enforce, audit, warn);
  }

  private static Standard standard(Map<String, String> labels, String mode, Standard otherwise, Level whenWrong, FieldErrors errors) {
    Standard standard = otherwise;
    String level = labels.get(PREFIX + mode);
    if (level != null) {
      Optional<Level> parsed = Level.parse(level);
      if (parsed.isEmpty()) {
        errors.invalid(path(PREFIX + mode), level, Level.DEMAND);
      }
      standard = standard.with(parsed.orElse(whenWrong));
    }
    String version = labels.get(PREFIX + mode + "-version");
    if (version != null) {
      Optional<Integer> parsed = Standard.parseMinor(version);
      if (parsed.isEmpty()) {
        errors.invalid(path(PREFIX + mode + "-version"), version, Standard.DEMAND);
      }
      standard = standard.with(parsed.orElse(Standard.LATEST));
    }
    return standard;
  }

  private static FieldPath path(String label) {
    return FieldPath.of("metadata", "labels").key(label);
  }
}
