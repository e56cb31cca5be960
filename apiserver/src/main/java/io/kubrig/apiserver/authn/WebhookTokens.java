package io.kubrig.apiserver.authn;

import io.kubrig.apiserver.remote.ReviewCalls;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.tree.Tree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Asks a server whose a token is, by a TokenReview, and remembers its answers for a while; failures of the server are not remembered.
 * (Source: apiserver/plugin/pkg/authenticator/token/webhook.)
 */
public final class WebhookTokens implements TokenAuthenticator {
  private static final int REMEMBERED = 4096;

  private final ReviewCalls calls;
  private final String apiVersion;
  private final Duration life;
  private final Clock clock;
  private final BoundedCache<Remembered> answers = new BoundedCache<>(REMEMBERED);

  private record Remembered(Identity identity, Instant end) {}

  /**
   * @param version v1 or v1beta1
   * @param life of remembered answers; zero for none
   */
  public WebhookTokens(ReviewCalls calls, String version, Duration life, Clock clock) {
    this.calls = calls;
    this.apiVersion = "authentication.k8s.io/" + version;
    this.life = life;
    this.clock = clock;
  }

  @Override
  public Identity authenticate(String token, List<String> audiences) {
    String key = digest(token, audiences);
    Instant now = clock.now();
    var known = answers.get(key).filter(answer -> answer.end.isAfter(now));
    if (known.isPresent()) {
      return known.get().identity;
    }
    try {
      Identity identity = identity(calls.answer(review(token, audiences)).tree("status"), audiences);
      if (life.isPositive()) {
        answers.put(key, new Remembered(identity, now.plus(life)));
      }
      return identity;
    } catch (IOException e) {
      return new Identity.Bad("webhook authenticator: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Identity.Bad("webhook authenticator: interrupted");
    }
  }

  private Tree review(String token, List<String> audiences) {
    Tree spec = Tree.of("token", token);
    if (!audiences.isEmpty()) {
      spec.set("audiences", new ArrayList<Object>(audiences));
    }
    return Tree.of("kind", "TokenReview", "apiVersion", apiVersion, "metadata", Tree.of("creationTimestamp", null), "spec", spec, "status",
        new Tree());
  }

  /** A server that says nothing of audiences vouches for this server's own. */
  private static Identity identity(Tree status, List<String> wanted) {
    if (!status.bool("authenticated")) {
      return status.string("error").isEmpty() ? Identity.NOT_MINE : new Identity.Bad(status.string("error"));
    }
    List<String> audiences = new ArrayList<>(wanted);
    if (!status.strings("audiences").isEmpty()) {
      audiences.retainAll(status.strings("audiences"));
      if (audiences.isEmpty() && !wanted.isEmpty()) {
        return Identity.NOT_MINE;
      }
    }
    Tree user = status.tree("user");
    Map<String, List<String>> extra = new LinkedHashMap<>();
    user.tree("extra").names().forEach(name -> extra.put(name, user.tree("extra").strings(name)));
    return new Identity.Known(new UserInfo(user.string("username"), user.string("uid"), user.strings("groups"), extra), audiences);
  }

  /** Tokens are not kept. */
  private static String digest(String token, List<String> audiences) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256")
          .digest((token + "\0" + String.join("\0", audiences)).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
