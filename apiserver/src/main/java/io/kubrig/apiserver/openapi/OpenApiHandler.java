package io.kubrig.apiserver.openapi;

import io.kubrig.apiserver.discovery.ServedApis;
import io.kubrig.apiserver.http.Exchange;
import io.kubrig.apiserver.http.Headers;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.tree.Tree;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.zip.GZIPOutputStream;

/**
 * Answers {@code /openapi/v2}, {@code /openapi/v3} and the documents below it. A document is written when it is first asked for (the index
 * needs the hashes of all parts) and kept, encoded, until what is served changes; a part whose text stays the same keeps its hash.
 *
 * <p>JSON only: documents in protobuf ({@code com.github.proto-openapi…}) are refused with 406 where a client takes nothing else.
 */
public final class OpenApiHandler {
  private static final String V2 = "/openapi/v2";
  private static final String V3 = "/openapi/v3";

  private final ServedApis apis;
  private final OpenApiDocuments documents;
  private volatile Cache cache;

  private record Cache(ServedApis.Snapshot snapshot, Map<String, Supplier<Tree>> parts, Map<String, Document> written) {}

  /** An encoded document. */
  private record Document(byte[] plain, byte[] zipped, String hash) {}

  public OpenApiHandler(ServedApis apis, OpenApiDocuments documents) {
    this.apis = apis;
    this.documents = documents;
  }

  /**
   * Answers a request for an OpenAPI document. Answers false, without touching the exchange, when the path is none.
   *
   * @param path decoded
   * @throws ApiException 406
   */
  public boolean handle(Exchange exchange, String path) throws IOException {
    boolean reading = exchange.method().equals("GET") || exchange.method().equals("HEAD");
    if (!reading || !path.startsWith("/openapi/v")) {
      return false;
    }
    if (path.equals(V2)) {
      serve(exchange, document("v2", () -> documents.version2(apis.snapshot())), "application/json", "");
      return true;
    }
    if (path.equals(V3) || path.equals(V3 + "/")) {
      serve(exchange, document("index", this::index), "text/plain; charset=utf-8", "");
      return true;
    }
    Supplier<Tree> part = path.startsWith(V3 + "/") ? cache().parts.get(path.substring(V3.length() + 1)) : null;
    if (part == null) {
      return false;
    }
    part(exchange, path, document("v3 " + path, part));
    return true;
  }

  private void part(Exchange exchange, String path, Document document) throws IOException {
    String asked = parameter(exchange.rawQuery(), "hash");
    if (asked.isEmpty()) {
      serve(exchange, document, "application/json", "");
    } else if (asked.equals(document.hash)) {
      serve(exchange, document, "application/json", "public, immutable");
    } else {
      Headers headers = Headers.of("Location", path + "?hash=" + document.hash, "Cache-Control", "no-cache, private");
      exchange.respond(301, headers, new byte[0]);
    }
  }

  private void serve(Exchange exchange, Document document, String contentType, String cacheControl) throws IOException {
    String accept = exchange.headers().value("Accept");
    if (!acceptsJson(accept)) {
      throw ApiException.notAcceptable("only the following media types are accepted: application/json");
    }
    Headers headers = new Headers();
    headers.add("Cache-Control", cacheControl.isEmpty() ? "no-cache, private" : cacheControl);
    headers.add("Etag", '"' + document.hash + '"').add("Vary", "Accept-Encoding").add("Vary", "Accept");
    if (exchange.headers().value("If-None-Match").equals('"' + document.hash + '"')) {
      exchange.respond(304, headers, new byte[0]);
      return;
    }
    headers.add("Content-Type", contentType);
    if (exchange.headers().value("Accept-Encoding").toLowerCase(Locale.ROOT).contains("gzip")) {
      exchange.respond(200, headers.add("Content-Encoding", "gzip"), document.zipped);
    } else {
      exchange.respond(200, headers, document.plain);
    }
  }

  private static boolean acceptsJson(String accept) {
    if (accept.isBlank()) {
      return true;
    }
    for (String range : accept.split(",")) {
      String type = range.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
      if (type.equals("*/*") || type.equals("application/*") || type.equals("application/json")) {
        return true;
      }
    }
    return false;
  }

  private Tree index() {
    Tree paths = new Tree();
    cache()
        .parts
        .forEach(
            (name, part) -> {
              String path = V3 + "/" + name;
              String hash = document("v3 " + path, part).hash;
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

  private Document document(String key, Supplier<Tree> source) {
    Map<String, Document> written = cache().written;
    Document known = written.get(key);
    if (known != null) {
      return known;
    }
    // not computeIfAbsent: the index writes other documents while it is written
    Document made = encode(source.get());
    Document earlier = written.putIfAbsent(key, made);
    return earlier == null ? made : earlier;
  }

  private static Document encode(Tree tree) {
    byte[] plain = Json.write(tree);
    ByteArrayOutputStream zipped = new ByteArrayOutputStream(plain.length / 8);
    try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
      gzip.write(plain);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return new Document(plain, zipped.toByteArray(), hash(plain));
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
