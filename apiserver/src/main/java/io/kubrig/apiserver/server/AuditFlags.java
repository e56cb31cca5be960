package io.kubrig.apiserver.server;

import io.kubrig.apiserver.audit.Audit;
import io.kubrig.apiserver.audit.AuditLog;
import io.kubrig.apiserver.audit.AuditPolicy;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.flags.ParsedFlags;
import io.kubrig.machinery.yaml.Yaml;
import io.kubrig.machinery.yaml.YamlException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reads the flags that say what is noted of requests, and where. As native, nothing is noted without a policy and a place. */
final class AuditFlags {
  private AuditFlags() {}

  /**
   * @throws IOException when the policy cannot be read or the log cannot be opened
   * @throws IllegalArgumentException when the policy or the format is none
   */
  static Audit read(ApiServerFlags flags, ParsedFlags parsed, Clock clock) throws IOException {
    String format = parsed.value(flags.auditLogFormat);
    if (!format.equals("json") && !format.equals("legacy")) {
      throw new IllegalArgumentException("invalid audit log format " + format + ", allowed formats are \"legacy,json\"");
    }
    String path = parsed.value(flags.auditLogPath);
    String policyFile = parsed.value(flags.auditPolicyFile);
    if (path.isEmpty() || policyFile.isEmpty()) {
      return Audit.off(clock);
    }
    AuditLog.Settings settings =
        new AuditLog.Settings(
            path,
            format.equals("json"),
            parsed.value(flags.auditLogMaxSize),
            parsed.value(flags.auditLogMaxBackup),
            parsed.value(flags.auditLogMaxAge));
    return Audit.of(policy(Path.of(policyFile)), List.of(new AuditLog(settings, clock)), clock);
  }

  private static AuditPolicy policy(Path file) throws IOException {
    try {
      return new AuditPolicy(Yaml.readTree(Files.readString(file)));
    } catch (YamlException e) {
      throw new IllegalArgumentException("loading audit policy file: failed decoding: " + file + ": " + e.getMessage(), e);
    }
  }
}
