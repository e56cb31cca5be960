package io.kubrig.apiserver.remote;

import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.json.JsonException;
import io.kubrig.machinery.json.Limits;
import io.kubrig.machinery.tree.Tree;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Sends review objects to a server and reads its answers. What may be passing (no connection, an internal error, too many requests) is
 * tried again up to four times, at growing intervals. (Source: apiserver/pkg/util/webhook.)
 */
public final class ReviewCalls {
  private static final int TRIES = 5;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final double FACTOR = 1.5;
  private static final double JITTER = 0.2;
  private static final Limits ANSWER = new Limits(1 << 20, 64, 100_000);

  private final RemoteServer server;
  private final Duration timeout;
  private final Clock clock;
  private final RandomGenerator random;

  public ReviewCalls(RemoteServer server, Duration timeout, Clock clock, RandomGenerator random) {
    this.server = server;
    this.timeout = timeout;
    this.clock = clock;
    this.random = random;
  }

  /** An answer that may be another one next time. */
  private static final class Passing extends IOException {
    Passing(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * Has a review answered.
   *
   * @throws IOException when there is no answer, or none that is a review
   */
  public Tree answer(Tree review) throws IOException, InterruptedException {
    double pause = FIRST_PAUSE.toMillis();
    for (int attempt = 1; ; attempt++) {
      try {
        return once(review);
      } catch (Passing e) {
        if (attempt == TRIES) {
          throw e;
        }
        clock.sleep(Duration.ofMillis((long) (pause * (1 + JITTER * random.nextDouble()))));
        pause *= FACTOR;
      }
    }
  }

  private Tree once(Tree review) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(server.uri())
            .timeout(timeout)
            .header("Content-Type", "application/json")
            .header("Accept", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(Json.write(review)));
    server.authorization().ifPresent(value -> request.header("Authorization", value));
    HttpResponse<byte[]> answer;
    try {
      answer = server.client().send(request.build(), HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofByteArray(), 1 << 20));
    } catch (IOException e) {
      throw new Passing("Post \"" + server.uri() + "\": " + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()), e);
    }
    int status = answer.statusCode();
    if (status == 429 || status >= 500) {
      throw new Passing("the server answered " + status, null);
    }
    if (status < 200 || status >= 300) {
      throw new IOException("the server answered " + status);
    }
    try {
      if (Json.read(answer.body(), ANSWER) instanceof Tree tree) {
        return tree;
      }
    } catch (JsonException e) {
      throw new IOException("couldn't decode the answer: " + e.getMessage(), e);
    }
    throw new IOException("couldn't decode the answer: it is no object");
  }
}
