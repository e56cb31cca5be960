package io.kubrig.apiserver.authn;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubrig.apiserver.http.Exchange;
import io.kubrig.apiserver.http.Headers;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The token of a request: from the Authorization header or, for browsers' WebSockets, from the subprotocols. */
public final class BearerToken implements RequestAuthenticator {
  static final String WEBSOCKET_PREFIX = "base64url.bearer.authorization.k8s.io.";
  private static final String INVALID = "invalid bearer token";

  private final List<TokenAuthenticator> tokens;
  private final List<String> audiences;

  /** @param audiences of this server */
  public BearerToken(List<TokenAuthenticator> tokens, List<String> audiences) {
    this.tokens = List.copyOf(tokens);
    this.audiences = List.copyOf(audiences);
  }

  @Override
  public Identity authenticate(Exchange exchange) {
    Optional<String> token = fromHeader(exchange);
    return token.isPresent() ? identify(token.get(), audiences) : bySubprotocol(exchange.headers());
  }

  /** Whose a token is; never {@link Identity.NotMine}: a token that nobody knows is bad. */
  public Identity identify(String token, List<String> wanted) {
    Set<String> errors = new LinkedHashSet<>();
    for (TokenAuthenticator authenticator : tokens) {
      switch (authenticator.authenticate(token, wanted)) {
        case Identity.Known known when !known.audiences().isEmpty() -> {
          return known;
        }
        case Identity.Known known -> {
          List<String> common = agnostic(wanted);
          if (wanted.isEmpty() || !common.isEmpty()) {
            return new Identity.Known(known.user(), common);
          }
        }
        case Identity.Bad bad -> errors.add(bad.error());
        case Identity.NotMine ignored -> { }
      }
    }
    return new Identity.Bad(errors.isEmpty() ? INVALID : String.join(", ", errors));
  }

  /** Tokens without audiences are for this server. */
  private List<String> agnostic(List<String> wanted) {
    List<String> common = new ArrayList<>(wanted);
    common.retainAll(audiences);
    return common;
  }

  private static Optional<String> fromHeader(Exchange exchange) {
    String[] parts = exchange.headers().value("Authorization").strip().split(" ", 3);
    boolean bearer = parts.length >= 2 && parts[0].equalsIgnoreCase("bearer") && !parts[1].isEmpty();
    return bearer ? Optional.of(parts[1]) : Optional.empty();
  }

  /**
   * The token that a browser hides among the subprotocols of a WebSocket; it goes no further than this.
   * (Source: apiserver/pkg/authentication/request/websocket.)
   */
  private Identity bySubprotocol(Headers headers) {
    if (!headers.value("Upgrade").equalsIgnoreCase("websocket")) {
      return Identity.NOT_MINE;
    }
    List<String> others = new ArrayList<>();
    List<String> hidden = new ArrayList<>();
    for (String field : headers.all("Sec-WebSocket-Protocol")) {
      for (String protocol : field.split(",")) {
        String name = protocol.strip();
        boolean hides = name.startsWith(WEBSOCKET_PREFIX);
        (hides ? hidden : others).add(hides ? name.substring(WEBSOCKET_PREFIX.length()) : name);
      }
    }
    if (hidden.isEmpty()) {
      return Identity.NOT_MINE;
    }
    if (hidden.size() > 1) {
      return new Identity.Bad("multiple base64.bearer.authorization tokens specified");
    }
    if (others.isEmpty()) {
      return new Identity.Bad("missing additional subprotocol");
    }
    Optional<String> token = decode(hidden.getFirst());
    if (token.isEmpty()) {
      return new Identity.Bad("invalid base64.bearer.authorization token encoding");
    }
    Identity identity = identify(token.get(), audiences);
    if (identity instanceof Identity.Known) {
      headers.set("Sec-WebSocket-Protocol", String.join(",", others));
    }
    return identity;
  }

  private static Optional<String> decode(String encoded) {
    try {
      return Optional.of(new String(Base64.getUrlDecoder().decode(encoded), UTF_8));
    } catch (IllegalArgumentException notBase64) {
      return Optional.empty();
    }
  }
}
