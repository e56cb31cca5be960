package io.kubrig.apiserver.authn;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubrig.apiserver.http.Exchange;
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
    Optional<String> token = fromHeader(exchange).or(() -> fromSubprotocols(exchange));
    return token.map(text -> identify(text, audiences)).orElse(Identity.NOT_MINE);
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

  private static Optional<String> fromSubprotocols(Exchange exchange) {
    if (!exchange.headers().value("Upgrade").equalsIgnoreCase("websocket")) {
      return Optional.empty();
    }
    for (String field : exchange.headers().all("Sec-WebSocket-Protocol")) {
      for (String protocol : field.split(",")) {
        String name = protocol.strip();
        if (name.startsWith(WEBSOCKET_PREFIX)) {
          return decode(name.substring(WEBSOCKET_PREFIX.length()));
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<String> decode(String encoded) {
    try {
      return Optional.of(new String(Base64.getUrlDecoder().decode(encoded), UTF_8));
    } catch (IllegalArgumentException notBase64) {
      return Optional.empty();
    }
  }
}
