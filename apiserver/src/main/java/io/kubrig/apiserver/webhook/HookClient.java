package io.kubrig.apiserver.webhook;

import io.kubrig.apiserver.http.Headers;
import io.kubrig.apiserver.proxy.Backend;
import io.kubrig.apiserver.proxy.BackendCall;
import io.kubrig.apiserver.proxy.GoErrors;
import io.kubrig.apiserver.remote.KubeconfigUser;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.component.KubernetesVersion;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.json.JsonException;
import io.kubrig.machinery.json.Limits;
import io.kubrig.machinery.pki.KeyAndCertificate;
import io.kubrig.machinery.tree.Tree;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;

/**
 * Posts reviews to webhooks and reads their answers, over connections that are kept for the next review. Blocking, for virtual threads;
 * safe for concurrent use.
 */
public final class HookClient implements AutoCloseable {
  private static final int MAX_ANSWER = 64 << 20;
  private static final Limits LIMITS = new Limits(MAX_ANSWER, 1_000, 10_000_000);
  private static final int MAX_TRUSTS = 256;
  private static final String AGENT =
      "kube-apiserver/"
          + KubernetesVersion.GIT_VERSION
          + (System.getProperty("os.arch").equals("aarch64") ? " (linux/arm64) kubrig" : " (linux/amd64) kubrig");

  private final ServiceResolver services;
  private final Clock clock;
  private final Map<Trust, SSLContext> trusts = new ConcurrentHashMap<>();
  private final IdleConnections idle;

  public HookClient(ServiceResolver services, Clock clock) {
    this.services = services;
    this.clock = clock;
    this.idle = new IdleConnections(clock);
  }

  /**
   * Posts a review.
   *
   * @param timeout for everything, in whole seconds
   * @return the answer, which is an object but need not be a review
   */
  public Tree post(ClientConfig config, Tree review, Duration timeout) throws HookCallException {
    return post(config, HookCredentials.NONE, review, timeout);
  }

  /** As {@link #post(ClientConfig, Tree, Duration)}, as one of the users that are known for webhooks. */
  public Tree post(ClientConfig config, HookCredentials credentials, Tree review, Duration timeout) throws HookCallException {
    KubeconfigUser user = credentials.of(config);
    byte[] body = Json.text(review).concat("\n").getBytes(StandardCharsets.UTF_8);
    String target = config.path() + "?timeout=" + timeout.toSeconds() + "s";
    String failed = "Post \"" + config.origin() + target + "\": ";
    try {
      return answer(exchange(config, user, target, body, clock.nanos() + timeout.toNanos()));
    } catch (FailedException e) {
      throw new HookCallException(failed + e.getMessage(), 503);
    }
  }

  private record Question(String target, Optional<String> authorization, byte[] body) {}

  /** Whom to believe, and who one is; {@code client} may be null. */
  private record Trust(String caBundle, KeyAndCertificate client) {}

  /** A whole answer. */
  private record Answer(int status, byte[] body, String contentType) {}

  private static final class FailedException extends Exception {
    private static final long serialVersionUID = 1;

    FailedException(String message) {
      super(message);
    }
  }

  private Answer exchange(ClientConfig config, KubeconfigUser user, String target, byte[] body, long deadline) throws FailedException {
    Question question = new Question(target, user.authorization(), body);
    InetSocketAddress address = InetSocketAddress.createUnresolved(config.host(), config.port());
    AtomicBoolean late = new AtomicBoolean();
    try {
      if (config instanceof ClientConfig.Service service) {
        address = services.resolve(service.namespace(), service.name(), service.port());
      }
      SSLContext tls = trust(new Trust(config.caBundle(), user.certificate().orElse(null)));
      Backend backend = new Backend(config.host(), config.port(), tls, true, address);
      BackendCall kept = idle.take(backend);
      if (kept != null) {
        try {
          return ask(kept, backend, question, deadline, late);
        } catch (IOException stale) {
          kept.close(); // the other side has ended it meanwhile: a new connection tells whether anybody is there
          if (late.get()) {
            throw stale;
          }
        }
      }
      Duration left = left(deadline);
      return ask(BackendCall.open(backend, left), backend, question, deadline, late);
    } catch (IOException e) {
      boolean expired = late.get() || clock.nanos() >= deadline;
      throw new FailedException(expired ? "context deadline exceeded" : GoErrors.text(e, address));
    }
  }

  private Duration left(long deadline) throws IOException {
    long nanos = deadline - clock.nanos();
    if (nanos <= 0) {
      throw new IOException("context deadline exceeded");
    }
    return Duration.ofNanos(nanos);
  }

  private Answer ask(BackendCall call, Backend backend, Question question, long deadline, AtomicBoolean late) throws IOException {
    Clock.Timer alarm =
        clock.after(
            left(deadline),
            () -> {
              late.set(true);
              call.close();
            });
    boolean reusable = false;
    try {
      Headers headers =
          Headers.of("Host", shownHost(backend), "User-Agent", AGENT)
              .add("Accept", "application/json, */*")
              .add("Content-Type", "application/json");
      question.authorization.ifPresent(value -> headers.add("Authorization", value));
      call.ask("POST", question.target, headers, question.body);
      byte[] answer;
      try (InputStream in = call.body()) {
        answer = in.readNBytes(MAX_ANSWER + 1);
      }
      if (answer.length > MAX_ANSWER) {
        throw new IOException("the answer is longer than " + MAX_ANSWER + " bytes");
      }
      reusable = call.keepsAlive();
      return new Answer(call.status(), answer, call.headers().value("Content-Type"));
    } finally {
      if (alarm.cancel() && reusable) {
        idle.keep(backend, call);
      } else {
        call.close();
      }
    }
  }

  private static String shownHost(Backend backend) {
    String authority = backend.authority();
    return backend.port() == ClientConfig.DEFAULT_PORT ? authority.substring(0, authority.lastIndexOf(':')) : authority;
  }

  private SSLContext trust(Trust trust) throws IOException {
    SSLContext known = trusts.get(trust);
    if (known == null) {
      known = HookTrust.context(trust.caBundle, trust.client, clock);
      if (trusts.size() >= MAX_TRUSTS) {
        trusts.clear();
      }
      trusts.put(trust, known);
    }
    return known;
  }

  private static Tree answer(Answer answer) throws HookCallException {
    String text = new String(answer.body, StandardCharsets.UTF_8);
    if (answer.status < 200 || answer.status > 206) {
      throw new HookCallException(refusal(answer, text), answer.status);
    }
    if (answer.body.length == 0) {
      throw new HookCallException("0-length response with status code: " + answer.status + " and content type: " + answer.contentType, 503);
    }
    try {
      if (Json.readDocument(answer.body, LIMITS).value() instanceof Tree review) {
        return review;
      }
      throw new HookCallException("couldn't get version/kind; json parse error: json: cannot unmarshal into Go value of type struct", 503);
    } catch (JsonException e) {
      throw new HookCallException("couldn't get version/kind; json parse error: " + e.getMessage(), 503);
    }
  }

  /** What native's client makes of a status (source: apimachinery/pkg/api/errors NewGenericServerResponse). */
  private static String refusal(Answer answer, String text) {
    boolean readable = answer.contentType.isEmpty() || answer.contentType.startsWith("text/");
    String shown = readable && !text.isBlank() ? text.substring(0, Math.min(text.length(), 2048)).strip() : "unknown";
    return switch (answer.status) {
      case 400 -> "the server rejected our request for an unknown reason";
      case 401 -> "the server has asked for the client to provide credentials";
      case 403, 415 -> shown;
      case 404 -> "the server could not find the requested resource";
      case 405 -> "the server does not allow this method on the requested resource";
      case 406 -> shown.equals("unknown") ? "the server was unable to respond with a content type that the client supports" : shown;
      case 409 -> "the server reported a conflict";
      case 422 -> "the server rejected our request due to an error in our request";
      case 429 -> "the server has received too many requests and has asked us to try again later";
      case 503 -> "the server is currently unable to handle the request";
      case 504 -> "the server was unable to return a response in the time allotted, but may still be processing the request";
      default ->
          answer.status >= 500
              ? "an error on the server (" + Json.text(shown) + ") has prevented the request from succeeding"
              : "the server responded with the status code " + answer.status + " but did not return more information";
    };
  }

  @Override
  public void close() {
    idle.close();
  }
}
