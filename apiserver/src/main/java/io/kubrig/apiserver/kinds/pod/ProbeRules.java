package io.kubrig.apiserver.kinds.pod;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.validation.Ports;
import io.kubrig.machinery.tree.Tree;
import java.util.List;

/** What probes and lifecycle hooks must look like. */
final class ProbeRules {
  private static final String HEADER_TEXT =
      "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is "
          + "'[-A-Za-z0-9]+')";

  private ProbeRules() {}

  /** All probes and hooks of a container that runs on. */
  static void all(Tree container, long graceSeconds, FieldPath path, FieldErrors errors) {
    for (String hook : List.of("postStart", "preStop")) {
      if (container.tree("lifecycle").get(hook) instanceof Tree handler) {
        handler(handler, graceSeconds, path.child("lifecycle", hook), errors);
      }
    }
    probe(container, "livenessProbe", graceSeconds, path, errors);
    probe(container, "readinessProbe", graceSeconds, path, errors);
    probe(container, "startupProbe", graceSeconds, path, errors);
  }

  private static void probe(Tree container, String member, long graceSeconds, FieldPath parent, FieldErrors errors) {
    if (!(container.get(member) instanceof Tree probe)) {
      return;
    }
    FieldPath path = parent.child(member);
    handler(probe, graceSeconds, path, errors);
    for (String number : List.of("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold")) {
      Checks.nonNegative(probe, number, path, errors);
    }
    boolean readiness = member.equals("readinessProbe");
    if (probe.get("terminationGracePeriodSeconds") instanceof Long seconds) {
      if (seconds <= 0) {
        errors.invalid(path.child("terminationGracePeriodSeconds"), seconds, "must be greater than 0");
      }
      if (readiness) {
        errors.invalid(path.child("terminationGracePeriodSeconds"), seconds, "must not be set for readinessProbes");
      }
    }
    if (!readiness && probe.integer("successThreshold") != 1) {
      errors.invalid(path.child("successThreshold"), probe.integer("successThreshold"), "must be 1");
    }
  }

  private static void handler(Tree holder, long graceSeconds, FieldPath path, FieldErrors errors) {
    int handlers = 0;
    for (String type : List.of("exec", "httpGet", "tcpSocket", "grpc", "sleep")) {
      if (!(holder.get(type) instanceof Tree handler)) {
        continue;
      }
      if (handlers++ > 0) {
        errors.forbidden(path.child(type), "may not specify more than 1 handler type");
        continue;
      }
      switch (type) {
        case "exec" -> {
          if (handler.list("command").isEmpty()) {
            errors.required(path.child("exec", "command"), "");
          }
        }
        case "httpGet" -> httpGet(handler, path.child("httpGet"), errors);
        case "sleep" -> sleep(handler.integer("seconds"), graceSeconds, path.child("sleep"), errors);
        default -> port(handler, path.child(type), errors);
      }
    }
    if (handlers == 0) {
      errors.required(path, "must specify a handler type");
    }
  }

  private static void httpGet(Tree get, FieldPath path, FieldErrors errors) {
    Checks.required(get, "path", path, errors);
    port(get, path, errors);
    Checks.oneOf(get, "scheme", List.of("HTTP", "HTTPS"), path, errors);
    for (Tree header : get.trees("httpHeaders")) {
      if (!header.string("name").matches("[-A-Za-z0-9]+")) {
        errors.invalid(path.child("httpHeaders"), header.string("name"), HEADER_TEXT);
      }
    }
  }

  private static void port(Tree handler, FieldPath path, FieldErrors errors) {
    Object port = handler.get("port") == null ? Long.valueOf(0) : handler.get("port");
    Ports.numberOrName(handler, "port").forEach(text -> errors.invalid(path.child("port"), port, text));
  }

  private static void sleep(long seconds, long graceSeconds, FieldPath path, FieldErrors errors) {
    if (seconds < 0 || seconds > graceSeconds) {
      errors.invalid(path, seconds, "must be non-negative and less than terminationGracePeriodSeconds (" + graceSeconds + ")");
    }
  }
}
