package io.kubrig.apiserver.server;

import io.kubrig.apiserver.audit.Audit;
import io.kubrig.apiserver.audit.AuditLog;
import io.kubrig.apiserver.audit.AuditPolicy;
import io.kubrig.apiserver.audit.AuditSink;
import io.kubrig.apiserver.audit.AuditWebhook;
import io.kubrig.apiserver.audit.TruncatedEvents;
import io.kubrig.apiserver.remote.RemoteServer;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.flags.ParsedFlags;
import io.kubrig.machinery.yaml.Yaml;
import io.kubrig.machinery.yaml.YamlException;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the flags that say what is noted of requests, and where. As native, nothing is noted without a policy and a place. */
final class AuditFlags {
  private AuditFlags() {}

  /**
   * @throws IOException when the policy cannot be read or the log cannot be opened
   * @throws IllegalArgumentException when the policy or the format is none
   */
  static Audit read(ApiServerFlags flags, ParsedFlags parsed, Clock clock, MeterRegistry meters) throws IOException {
    String policyFile = parsed.value(flags.auditPolicyFile);
    List<AuditSink> sinks = new ArrayList<>();
    log(flags, parsed, clock, !policyFile.isEmpty()).ifPresent(sinks::add);
    webhook(flags, parsed, clock, meters, !policyFile.isEmpty()).ifPresent(sinks::add);
    return sinks.isEmpty() ? Audit.off(clock) : Audit.of(policy(Path.of(policyFile)), sinks, clock);
  }

  private static Optional<AuditSink> log(ApiServerFlags flags, ParsedFlags parsed, Clock clock, boolean used) throws IOException {
    String format = parsed.value(flags.auditLogFormat);
    if (!format.equals("json") && !format.equals("legacy")) {
      throw new IllegalArgumentException("invalid audit log format " + format + ", allowed formats are \"legacy,json\"");
    }
    String path = parsed.value(flags.auditLogPath);
    if (path.isEmpty() || !used) {
      return Optional.empty();
    }
    AuditLog.Settings settings =
        new AuditLog.Settings(
            path,
            format.equals("json"),
            parsed.value(flags.auditLogMaxSize),
            parsed.value(flags.auditLogMaxBackup),
            parsed.value(flags.auditLogMaxAge));
    AuditLog log = new AuditLog(settings, clock);
    return Optional.of(parsed.value(flags.auditLogTruncate) ? new TruncatedEvents(log, parsed.value(flags.auditLogMaxEvent)) : log);
  }

  private static Optional<AuditSink> webhook(ApiServerFlags flags, ParsedFlags parsed, Clock clock, MeterRegistry meters, boolean used)
      throws IOException {
    String mode = parsed.value(flags.auditWebhookMode);
    if (!mode.equals("batch") && !mode.equals("blocking")) {
      String known = mode.equals("blocking-strict") ? " is not supported by this server" : "";
      throw new IllegalArgumentException("invalid audit webhook mode " + mode + known + ", allowed modes are \"batch,blocking\"");
    }
    String file = parsed.value(flags.auditWebhookConfig);
    if (file.isEmpty() || !used) {
      return Optional.empty();
    }
    AuditWebhook.Batching batching =
        new AuditWebhook.Batching(
            parsed.value(flags.auditWebhookBuffer),
            parsed.value(flags.auditWebhookBatch),
            parsed.value(flags.auditWebhookWait),
            parsed.value(flags.auditWebhookThrottle) ? parsed.value(flags.auditWebhookQps) : 0,
            parsed.value(flags.auditWebhookBurst));
    AuditWebhook webhook =
        new AuditWebhook(
            RemoteServer.of(Path.of(file)),
            mode.equals("batch") ? Optional.of(batching) : Optional.empty(),
            parsed.value(flags.auditWebhookBackoff),
            clock,
            meters);
    return Optional.of(parsed.value(flags.auditWebhookTruncate) ? new TruncatedEvents(webhook, parsed.value(flags.auditWebhookMaxEvent))
        : webhook);
  }

  private static AuditPolicy policy(Path file) throws IOException {
    try {
      return new AuditPolicy(Yaml.readTree(Files.readString(file)));
    } catch (YamlException e) {
      throw new IllegalArgumentException("loading audit policy file: failed decoding: " + file + ": " + e.getMessage(), e);
    }
  }
}
