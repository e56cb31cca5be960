package io.kubrig.apiserver.rest;

import io.kubrig.apiserver.http.Exchange;
import io.kubrig.apiserver.http.Headers;
import io.kubrig.apiserver.negotiation.Encoder;
import io.kubrig.apiserver.negotiation.MediaType;
import io.kubrig.apiserver.negotiation.Negotiation;
import io.kubrig.apiserver.negotiation.Representation;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.tree.Tree;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Answers with objects and with failures. */
public final class Responses {
  private static final int LARGE = 64 << 10;

  private final Encoder encoder;

  public Responses(Encoder encoder) {
    this.encoder = encoder;
  }

  /** Answers with bytes that are already encoded in a representation. */
  public void send(Call call, int status, Representation representation, byte[] body, List<String> warnings) throws IOException {
    call.exchange().respond(status, headers(representation.mediaType(), warnings), body);
    if (call.audit().wantsResponseObject() && representation.mediaType() == MediaType.JSON) {
      call.audit().responseObject(Json.readTree(body));
    }
  }

  /** Answers with a body that is encoded while it is sent, unless it is small or somebody else has to see it too. */
  public void send(Call call, int status, Representation representation, Exchange.LargeBody body, List<String> warnings)
      throws IOException {
    if (body.length() >= LARGE && !call.audit().wantsResponseObject()) {
      call.exchange().respond(status, headers(representation.mediaType(), warnings), body);
      return;
    }
    ByteArrayOutputStream whole = new ByteArrayOutputStream(Math.toIntExact(body.length()));
    body.writeTo(whole);
    send(call, status, representation, whole.toByteArray(), warnings);
  }

  public void send(Call call, int status, Representation representation, Tree object, List<String> warnings) throws IOException {
    if (representation.mediaType() != MediaType.JSON) {
      call.audit().responseObject(object);
    }
    send(call, status, representation, encoder.encode(object, representation), warnings);
  }

  /** Answers with the Status of a failure, in the representation that the client accepts, JSON if none. */
  public void fail(Call call, ApiException failure, List<String> warnings) throws IOException {
    Representation representation = forStatus(call);
    Headers headers = headers(representation.mediaType(), warnings);
    if (failure.details().has("retryAfterSeconds")) {
      headers.set("Retry-After", Long.toString(failure.details().integer("retryAfterSeconds")));
    }
    Tree status = failure.status();
    call.audit().failed(status);
    call.exchange().respond(failure.code(), headers, encoder.encode(status, representation));
  }

  private static Representation forStatus(Call call) {
    try {
      return Negotiation.answer(call.accept(), call.pretty(), Negotiation.Offer.OBJECT, true);
    } catch (ApiException e) {
      return Representation.object(MediaType.JSON, call.pretty());
    }
  }

  static Headers headers(MediaType type, List<String> warnings) {
    Headers headers = Headers.of("Cache-Control", "no-cache, private", "Content-Type", type.text());
    warnings.forEach(text -> headers.add("Warning", "299 - " + quoted(text)));
    return headers;
  }

  /** A quoted-string of RFC 7234's warn-text: control characters are left out, quotes and backslashes escaped. */
  static String quoted(String text) {
    StringBuilder out = new StringBuilder(text.length() + 2).append('"');
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c >= 0x20 && c != 0x7f) {
        out.append(c);
      }
    }
    return out.append('"').toString();
  }
}
