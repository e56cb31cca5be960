package io.kubrig.apiserver.discovery;

import io.kubrig.apiserver.http.Exchange;
import io.kubrig.apiserver.http.Headers;
import io.kubrig.apiserver.negotiation.Negotiation;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.json.JsonWriter;
import io.kubrig.machinery.protobuf.Protobuf;
import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.schema.SchemaCatalog;
import io.kubrig.machinery.tree.Tree;
import io.kubrig.machinery.yaml.Yaml;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Answers {@code /api}, {@code /apis} and the documents below them. A document is written when it is first asked for and kept, encoded,
 * until what is served changes.
 */
public final class DiscoveryHandler {
  private static final List<String> PRODUCED = List.of("application/json", "application/yaml", "application/vnd.kubernetes.protobuf");

  private final ServedApis apis;
  private final SchemaCatalog schemas;
  private final Supplier<String> serverAddress;
  private volatile Cache cache;

  private record Cache(ServedApis.Snapshot snapshot, Map<String, Answer> answers) {}

  /** An encoded document; the tag is "" where there is none. */
  private record Answer(byte[] body, String etag) {}

  /**
   * @param schemas of the discovery kinds themselves, for protobuf
   * @param serverAddress host and port that {@code /api} names
   */
  public DiscoveryHandler(ServedApis apis, SchemaCatalog schemas, Supplier<String> serverAddress) {
    this.apis = apis;
    this.schemas = schemas;
    this.serverAddress = serverAddress;
    this.cache = new Cache(apis.snapshot(), new ConcurrentHashMap<>());
  }

  /**
   * Answers a request for a document of discovery. Answers false, without touching the exchange, when the path is not one or names a group
   * or version that is not served.
   *
   * @param path decoded
   * @throws ApiException 405, 406, and 404 for an unknown version of a group that is served
   */
  public boolean handle(Exchange exchange, String path) throws IOException {
    List<String> parts = parts(path);
    boolean legacyRoot = !parts.isEmpty() && parts.getFirst().equals("api");
    if (parts.isEmpty() || !legacyRoot && !parts.getFirst().equals("apis") || parts.size() > (legacyRoot ? 2 : 3)) {
      return false;
    }
    ServedApis.Snapshot snapshot = apis.snapshot();
    boolean routed = legacyRoot || parts.size() == 3;
    if (routed) {
      checkRoute(exchange, snapshot, parts);
    }
    DocumentFormat wanted = parts.size() == 1 ? DocumentFormat.choose(exchange.headers().value("Accept"), true) : null;
    Optional<Supplier<Tree>> document = document(snapshot, parts, wanted != null && wanted.aggregated());
    if (document.isEmpty()) {
      return false;
    }
    DocumentFormat format = wanted != null ? wanted : DocumentFormat.choose(exchange.headers().value("Accept"), false);
    Answer answer =
        answers(snapshot)
            .computeIfAbsent(String.join("/", parts) + " " + format.contentType(), _ -> encode(document.get().get(), format));
    respond(exchange, answer, format);
    return true;
  }

  /** The documents of built-in versions are routes of their own, with one verb and few media types. */
  private static void checkRoute(Exchange exchange, ServedApis.Snapshot snapshot, List<String> parts) {
    boolean version = parts.size() == 3;
    Optional<ServedGroup> group = snapshot.group(version ? parts.get(1) : "").filter(DiscoveryHandler::isBuiltIn);
    if (version && group.isPresent() && group.get().version(parts.get(2)).isEmpty()) {
      throw ApiException.noSuchPath();
    }
    if (group.isPresent() && (parts.size() != 2 || group.get().version(parts.get(1)).isPresent())) {
      if (!exchange.method().equals("GET")) {
        throw ApiException.methodNotAllowed();
      }
      Negotiation.route(exchange.headers().value("Accept"), PRODUCED);
    }
  }

  private static boolean isBuiltIn(ServedGroup group) {
    return group.versions().stream().anyMatch(version -> version.origin() == ServedVersion.Origin.BUILT_IN);
  }

  private static List<String> parts(String path) {
    return Arrays.stream(path.split("/")).filter(part -> !part.isEmpty()).toList();
  }

  private Optional<Supplier<Tree>> document(ServedApis.Snapshot snapshot, List<String> parts, boolean aggregated) {
    boolean core = parts.getFirst().equals("api");
    if (parts.size() == 1) {
      if (aggregated) {
        List<ServedGroup> groups = core ? snapshot.group("").stream().toList() : snapshot.named();
        return Optional.of(() -> DiscoveryDocuments.aggregated(groups));
      }
      return core
          ? snapshot.group("").map(group -> () -> DiscoveryDocuments.versions(group, serverAddress.get()))
          : Optional.of(() -> DiscoveryDocuments.groups(snapshot.named()));
    }
    String name = core ? "" : parts.get(1);
    String version = core ? parts.get(1) : parts.size() == 3 ? parts.get(2) : "";
    Optional<ServedGroup> group = name.isEmpty() && !core ? Optional.empty() : snapshot.group(name);
    return version.isEmpty()
        ? group.map(found -> () -> DiscoveryDocuments.group(found))
        : group.flatMap(found -> found.version(version)).map(found -> () -> DiscoveryDocuments.resources(found));
  }

  private Map<String, Answer> answers(ServedApis.Snapshot snapshot) {
    Cache current = cache;
    if (current.snapshot != snapshot) {
      current = new Cache(snapshot, new ConcurrentHashMap<>());
      cache = current;
    }
    return current.answers;
  }

  private Answer encode(Tree document, DocumentFormat format) {
    byte[] json = new JsonWriter().value(document).raw('\n').toBytes();
    byte[] body =
        switch (format.encoding()) {
          case JSON -> json;
          case YAML -> Yaml.write(document).getBytes(StandardCharsets.UTF_8);
          case PROTOBUF -> protobuf(document);
        };
    return new Answer(body, format.aggregated() ? '"' + sha512(json) + '"' : "");
  }

  private byte[] protobuf(Tree document) {
    GroupVersionKind kind = GroupVersionKind.of(document.string("apiVersion", "v1"), document.string("kind"));
    Schema schema = schemas.kind(kind).orElseThrow(() -> new IllegalStateException("no schema for " + kind));
    return Protobuf.encode(schema, kind, document);
  }

  private static void respond(Exchange exchange, Answer answer, DocumentFormat format) throws IOException {
    Headers headers = new Headers();
    if (format.aggregated()) {
      headers.add("Cache-Control", "public").add("Etag", answer.etag).add("Vary", "Accept");
      if (exchange.headers().value("If-None-Match").equals(answer.etag)) {
        exchange.respond(304, headers, new byte[0]);
        return;
      }
    } else {
      headers.add("Cache-Control", "no-cache, private");
    }
    exchange.respond(200, headers.add("Content-Type", format.contentType()), answer.body);
  }

  private static String sha512(byte[] bytes) {
    try {
      return HexFormat.of().withUpperCase().formatHex(MessageDigest.getInstance("SHA-512").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
