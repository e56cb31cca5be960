package io.kubrig.operators.bootstraptoken;

import io.fabric8.kubernetes.api.model.Secret;
import io.kubrig.operators.engine.Objects;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

/** A bootstrap token as its Secret holds it. @param expires when it ends, if ever; a time that cannot be read has passed */
record BootstrapToken(String id, String secret, boolean signs, Optional<Instant> expires) {
  static final String NAMESPACE = "kube-system";
  static final String TYPE = "bootstrap.kubernetes.io/token";
  private static final String PREFIX = "bootstrap-token-";
  private static final Pattern NAME = Pattern.compile("bootstrap-token-([a-z0-9]{6})");

  /** Whether a Secret is of the type. */
  static boolean is(Secret secret) {
    return TYPE.equals(secret.getType()) && NAMESPACE.equals(secret.getMetadata().getNamespace());
  }

  /** The token in a Secret; empty when the Secret is not in order. */
  static Optional<BootstrapToken> of(Secret secret) {
    String name = secret.getMetadata().getName();
    String id = value(secret, "token-id");
    String key = value(secret, "token-secret");
    if (!is(secret) || !NAME.matcher(name).matches() || !id.equals(name.substring(PREFIX.length())) || key.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new BootstrapToken(id, key, value(secret, "usage-bootstrap-signing").equals("true"), expiration(secret)));
  }

  static Optional<Instant> expiration(Secret secret) {
    String text = value(secret, "expiration");
    try {
      return Objects.time(text);
    } catch (DateTimeParseException e) {
      return Optional.of(Instant.EPOCH);
    }
  }

  boolean isExpired(Instant now) {
    return expires.filter(end -> !end.isAfter(now)).isPresent();
  }

  private static String value(Secret secret, String key) {
    String encoded = Objects.orEmpty(secret.getData()).get(key);
    return encoded == null ? "" : new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
  }
}
