package io.kubrig.apiserver.registry;

import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.json.JsonException;
import io.kubrig.machinery.json.Limits;
import io.kubrig.machinery.tree.Tree;
import java.util.Base64;

/**
 * Where the next page of a list begins: the revision of the first page and the first key that has not been seen. Opaque to clients; the
 * encoding is native's (source: apiserver/pkg/storage/continue.go).
 *
 * @param revision −1 for "the newest state", of a token that was made anew after its revision aged out
 * @param start a full key
 */
record ContinueToken(long revision, String start) {
  private static final String VERSION = "meta.k8s.io/v1";

  String encode(String prefix) {
    Tree token = Tree.of("v", VERSION, "rv", revision, "start", start.substring(prefix.length()));
    return Base64.getUrlEncoder().withoutPadding().encodeToString(Json.write(token));
  }

  static ContinueToken decode(String text, String prefix) {
    Tree token;
    try {
      token = Json.read(Base64.getUrlDecoder().decode(text), Limits.TRUSTED) instanceof Tree tree ? tree : Tree.empty();
    } catch (IllegalArgumentException | JsonException e) {
      throw invalid(": " + e.getMessage());
    }
    if (!token.string("v").equals(VERSION)) {
      throw invalid(": server does not recognize this encoded version " + token.string("v"));
    }
    long revision = token.integer("rv");
    if (revision == 0) {
      throw invalid(": incorrect encoded start resourceVersion (version meta.k8s.io/v1)");
    }
    String start = token.string("start");
    if (start.isEmpty()) {
      throw invalid(": encoded start key empty (version meta.k8s.io/v1)");
    }
    if (start.contains("/../") || start.startsWith("../") || start.endsWith("/..") || start.equals("..") || start.contains("/./")) {
      throw invalid(": " + start);
    }
    return new ContinueToken(revision, prefix + (start.startsWith("/") ? start.substring(1) : start));
  }

  private static ApiException invalid(String why) {
    return ApiException.badRequest("invalid continue token: continue key is not valid" + why);
  }
}
