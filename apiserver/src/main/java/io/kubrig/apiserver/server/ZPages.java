package io.kubrig.apiserver.server;

import io.kubrig.apiserver.http.Exchange;
import io.kubrig.apiserver.http.Headers;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.component.KubernetesVersion;
import io.kubrig.machinery.health.StatusPages;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.timestamp.Timestamps;
import io.kubrig.machinery.tree.Tree;
import io.kubrig.machinery.yaml.Yaml;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/** {@code /flagz} and {@code /statusz}, as text and as objects of the group {@code config.k8s.io}. (Source: KEP-4828, KEP-4827.) */
final class ZPages {
  private static final String COMPONENT = "apiserver";
  private static final String GROUP = "config.k8s.io";
  private static final List<String> VERSIONS = List.of("v1beta1", "v1alpha1");
  private static final List<String> PATHS = List.of("/flagz", "/healthz", "/livez", "/metrics", "/readyz", "/statusz", "/version");

  private final Clock clock;
  private final Instant started;
  private final Supplier<Map<String, String>> flags;

  /** @param flags every flag with its value, by name */
  ZPages(Clock clock, Supplier<Map<String, String>> flags) {
    this.clock = clock;
    this.started = clock.now();
    this.flags = flags;
  }

  /** Whether the client takes text ({@code version} is "" then) or an object, and in which encoding. */
  private record Form(String mediaType, String version) {}

  /** Answers if the path is one of the two. */
  boolean handle(Exchange exchange, String path) throws IOException {
    switch (path) {
      case "/flagz" -> answer(exchange, "Flagz", StatusPages.flagz(COMPONENT, flags.get()), flagz());
      case "/statusz" -> answer(exchange, "Statusz", statuszText(), statusz());
      default -> {
        return false;
      }
    }
    return true;
  }

  private void answer(Exchange exchange, String kind, String text, Tree object) throws IOException {
    Form form = form(exchange.headers().value("Accept"), kind);
    Headers headers = Headers.of("Cache-Control", "no-cache, private");
    if (form.version.isEmpty()) {
      exchange.respond(200, headers.add("Content-Type", "text/plain; charset=utf-8"), text.getBytes(StandardCharsets.UTF_8));
      return;
    }
    if (form.version.equals("v1alpha1")) {
      String page = kind.equals("Flagz") ? "flagz" : "statusz";
      headers.add("Warning", "299 - \"This version of the " + page + " endpoint is deprecated. Please use a newer version.\"");
    }
    headers.add("Content-Type", form.mediaType + ";g=" + GROUP + ";v=" + form.version + ";as=" + kind);
    Tree whole =
        Tree.of("kind", kind, "apiVersion", GROUP + "/" + form.version, "metadata", Tree.of("name", COMPONENT));
    object.forEach(whole::set);
    boolean yaml = form.mediaType.endsWith("yaml");
    exchange.respond(200, headers, yaml ? Yaml.write(whole).getBytes(StandardCharsets.UTF_8) : Json.pretty(whole));
  }

  /** Text is for whoever asks for no kind, objects are for those who name one of ours. */
  private static Form form(String accept, String kind) {
    if (accept.isBlank()) {
      return new Form("text/plain", "");
    }
    for (String range : accept.split(",")) {
      Optional<Form> form = form(range.split(";"), kind);
      if (form.isPresent()) {
        return form.get();
      }
    }
    throw ApiException.notAcceptable("only the following media types are accepted: application/json, application/yaml, text/plain");
  }

  private static Optional<Form> form(String[] range, String kind) {
    String type = range[0].strip();
    Map<String, String> parameters = new HashMap<>();
    for (int i = 1; i < range.length; i++) {
      String[] pair = range[i].split("=", 2);
      parameters.put(pair[0].strip(), pair.length == 2 ? pair[1].strip() : "");
    }
    boolean any = type.equals("*/*");
    if (!parameters.containsKey("as") && !parameters.containsKey("g") && !parameters.containsKey("v")) {
      return any || type.equals("text/plain") || type.equals("text/*") ? Optional.of(new Form("text/plain", "")) : Optional.empty();
    }
    boolean known =
        kind.equals(parameters.get("as")) && GROUP.equals(parameters.get("g")) && VERSIONS.contains(parameters.getOrDefault("v", ""));
    if (!known) {
      return Optional.empty();
    }
    return switch (type) {
      case "application/json", "application/*", "*/*" -> Optional.of(new Form("application/json", parameters.get("v")));
      case "application/yaml" -> Optional.of(new Form(type, parameters.get("v")));
      default -> Optional.empty();
    };
  }

  private Tree flagz() {
    Tree shown = new Tree();
    new TreeMap<>(flags.get()).forEach(shown::set);
    return shown.isEmpty() ? new Tree() : Tree.of("flags", shown);
  }

  private String statuszText() {
    return StatusPages.statusz(COMPONENT, started, clock, PATHS);
  }

  private Tree statusz() {
    return Tree.of(
        "startTime", Timestamps.format(started),
        "uptimeSeconds", Duration.between(started, clock.now()).toSeconds(),
        "goVersion", "java" + Runtime.version().feature(),
        "binaryVersion", KubernetesVersion.NUMBER,
        "emulationVersion", KubernetesVersion.MAJOR + "." + KubernetesVersion.MINOR,
        "paths", List.copyOf(PATHS));
  }
}
