package io.kubrig.apiserver.openapi;

import io.kubrig.apiserver.discovery.ServedApis;
import io.kubrig.apiserver.http.Exchange;
import io.kubrig.apiserver.http.Headers;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.tree.Tree;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.zip.GZIPOutputStream;

/**
 * Answers {@code /openapi/v2}, {@code /openapi/v3} and the documents below it. A document is written when it is first asked for (the index
 * needs the hashes of all parts) and kept, encoded, until what is served changes; a part whose text stays the same keeps its hash.
 *
 * <p>Documents are JSON or protobuf, as the client prefers, and have one hash in both; the index is always JSON.
 */
public final class OpenApiHandler {
  private static final String V2 = "/openapi/v2";
  private static final String V3 = "/openapi/v3";
  private static final String JSON = "application/json";

  private final ServedApis apis;
  private final OpenApiDocuments documents;
  private volatile Cache cache;

  private record Cache(ServedApis.Snapshot snapshot, Map<String, Supplier<Tree>> parts, Map<String, Document> written) {}

  /** An encoded document. */
  private record Document(String contentType, byte[] plain, byte[] zipped, String hash) {}

  /** A document that has two encodings. */
  private record Source(String key, Supplier<Tree> tree, Function<Tree, byte[]> protobuf, String protobufType) {}

  public OpenApiHandler(ServedApis apis, OpenApiDocuments documents) {
    this.apis = apis;
    this.documents = documents;
  }

  /**
   * Answers a request for an OpenAPI document. Answers false, without touching the exchange, when the path is none.
   *
   * @param path decoded
   */
  public boolean handle(Exchange exchange, String path) throws IOException {
    if (!path.startsWith("/openapi/v")) {
      return false;
    }
    if (path.equals(V2)) {
      Source source =
          new Source("v2", () -> documents.version2(apis.snapshot()), ProtobufDocument::version2,
              "com.github.proto-openapi.spec.v2.v1.0+protobuf");
      serve(exchange, negotiated(exchange, source), "");
      return true;
    }
    if (path.equals(V3)) {
      byte[] body = document("index", "text/plain; charset=utf-8", this::index).plain;
      exchange.respond(200, Headers.of("Cache-Control", "no-cache, private", "Content-Type", "text/plain; charset=utf-8"), body);
      return true;
    }
    if (path.equals(V3 + "/")) {
      exchange.respond(404, Headers.of("Cache-Control", "no-cache, private"), new byte[0]);
      return true;
    }
    Supplier<Tree> part = path.startsWith(V3 + "/") ? cache().parts.get(path.substring(V3.length() + 1)) : null;
    if (part == null) {
      return false;
    }
    Source source = new Source("v3 " + path, part, ProtobufDocument::version3, "com.github.proto-openapi.spec.v3.v1.0+protobuf");
    part(exchange, path, negotiated(exchange, source));
    return true;
  }

  private void part(Exchange exchange, String path, Optional<Document> document) throws IOException {
    String asked = parameter(exchange.rawQuery(), "hash");
    if (asked.isEmpty() || document.isEmpty()) {
      serve(exchange, document, "");
    } else if (asked.equals(document.get().hash)) {
      serve(exchange, document, "public, immutable");
    } else {
      Headers headers = Headers.of("Location", path + "?hash=" + document.get().hash, "Cache-Control", "no-cache, private");
      exchange.respond(301, headers, new byte[0]);
    }
  }

  /** The document as the client prefers it; empty when it takes neither form. */
  private Optional<Document> negotiated(Exchange exchange, Source source) {
    for (String type : preferred(exchange.headers().value("Accept"))) {
      switch (type) {
        case "*/*", "application/*", JSON -> {
          return Optional.of(document(source.key, JSON, source.tree));
        }
        default -> {
          String subtype = type.startsWith("application/") ? type.substring("application/".length()) : "";
          if (subtype.replace('@', '.').equals(source.protobufType)) {
            return Optional.of(protobuf(source));
          }
        }
      }
    }
    return Optional.empty();
  }

  /** The media types of an Accept header, best first. */
  private static List<String> preferred(String accept) {
    List<String> ranges = new ArrayList<>(List.of((accept.isBlank() ? "*/*" : accept).split(",")));
    ranges.sort(Comparator.comparingDouble(OpenApiHandler::quality).reversed());
    return ranges.stream().map(range -> range.split(";", 2)[0].strip().toLowerCase(Locale.ROOT)).toList();
  }

  private static double quality(String range) {
    for (String parameter : range.split(";")) {
      if (parameter.strip().startsWith("q=")) {
        try {
          return Double.parseDouble(parameter.strip().substring(2));
        } catch (NumberFormatException e) {
          return 1;
        }
      }
    }
    return 1;
  }

  private Document protobuf(Source source) {
    Document json = document(source.key, JSON, source.tree);
    return cache().written.computeIfAbsent(
        "protobuf " + source.key,
        key -> {
          byte[] bytes = source.protobuf.apply(Json.readTree(json.plain));
          return new Document("application/" + source.protobufType, bytes, zipped(bytes), json.hash);
        });
  }

  private static void serve(Exchange exchange, Optional<Document> found, String cacheControl) throws IOException {
    Headers headers = new Headers();
    headers.add("Cache-Control", cacheControl.isEmpty() ? "no-cache, private" : cacheControl);
    headers.add("Vary", "Accept-Encoding").add("Vary", "Accept");
    if (found.isEmpty()) {
      exchange.respond(406, headers, new byte[0]);
      return;
    }
    Document document = found.get();
    headers.add("Etag", '"' + document.hash + '"');
    if (exchange.headers().value("If-None-Match").equals('"' + document.hash + '"')) {
      exchange.respond(304, headers, new byte[0]);
      return;
    }
    headers.add("Content-Type", document.contentType);
    if (exchange.headers().value("Accept-Encoding").toLowerCase(Locale.ROOT).contains("gzip")) {
      exchange.respond(200, headers.add("Content-Encoding", "gzip"), document.zipped);
    } else {
      exchange.respond(200, headers, document.plain);
    }
  }

  private Tree index() {
    Tree paths = new Tree();
    cache()
        .parts
        .forEach(
            (name, part) -> {
              String path = V3 + "/" + name;
              String hash = document("v3 " + path, JSON, part).hash;
              paths.set(name, Tree.of("serverRelativeURL", path + "?hash=" + hash));
            });
    return Tree.of("paths", paths);
  }

  private Cache cache() {
    ServedApis.Snapshot snapshot = apis.snapshot();
    Cache current = cache;
    if (current == null || current.snapshot != snapshot) {
      current = new Cache(snapshot, new TreeMap<>(documents.parts(snapshot)), new ConcurrentHashMap<>());
      cache = current;
    }
    return current;
  }

  private Document document(String key, String contentType, Supplier<Tree> source) {
    Map<String, Document> written = cache().written;
    Document known = written.get(key);
    if (known != null) {
      return known;
    }
    // not computeIfAbsent: the index writes other documents while it is written
    byte[] plain = Json.write(source.get());
    Document made = new Document(contentType, plain, zipped(plain), hash(plain));
    Document earlier = written.putIfAbsent(key, made);
    return earlier == null ? made : earlier;
  }

  private static byte[] zipped(byte[] plain) {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream(plain.length / 8);
    try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
      gzip.write(plain);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return zipped.toByteArray();
  }

  private static String hash(byte[] bytes) {
    try {
      return HexFormat.of().withUpperCase().formatHex(MessageDigest.getInstance("SHA-512").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String parameter(String query, String name) {
    for (String pair : query.split("&")) {
      if (pair.startsWith(name + "=")) {
        return pair.substring(name.length() + 1);
      }
    }
    return "";
  }
}
