package io.kubrig.machinery.informers;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One watch request, from its sending to its end. Events are told one after the other by the thread that reads the answer. */
final class Exchange<T extends HasMetadata> {
  private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);
  private static final int MOST_OF_A_REFUSAL = 64 << 10;

  private final Events<T> events;
  private final Listener<T> listener;
  private final Lines lines = new Lines(this::line);
  private final ByteArrayOutputStream refusal = new ByteArrayOutputStream(); // of the thread that reads
  private final CompletableFuture<End> end = new CompletableFuture<>();
  private final CompletableFuture<HttpResponse<AsyncBody>> answer;
  private volatile boolean refused; // set before anything is read
  private volatile boolean over; // nothing is told any more

  /** Hears of an exchange. */
  interface Listener<T> {
    /** The server has agreed. */
    void begun();

    void event(Event<T> event);

    /** Nothing more is told; whoever waits for the end goes on afterwards. */
    void ended();
  }

  /** How a request ended. */
  sealed interface End {
    /** There was no answer. */
    record Unreached(String why) implements End {}

    /** The answer was no. */
    record Refused(Refusal why) implements End {}

    /** The server, or what lies before it, closed the stream. */
    record Over() implements End {}

    /** The server said in the stream that it does not go on, or what it sent cannot be read. */
    record Failed(Refusal why) implements End {}
  }

  /** Sends the request. */
  Exchange(HttpClient http, String uri, Events<T> events, Listener<T> listener) {
    this.events = events;
    this.listener = listener;
    HttpRequest request = http.newHttpRequestBuilder().uri(uri).header("Accept", "application/json").forStreaming().build();
    this.answer = http.consumeBytes(request, (pieces, body) -> {
      pieces.forEach(this::take);
      body.consume();
    });
    answer.whenComplete(this::answered);
  }

  /** Waits for the end; an interrupt ends the exchange. */
  End await() throws InterruptedException {
    try {
      return end.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("an end never fails", e);
    } finally {
      cancel();
    }
  }

  private void answered(HttpResponse<AsyncBody> response, Throwable failure) {
    if (failure != null) {
      end(new End.Unreached(String.valueOf(failure.getMessage())));
      return;
    }
    refused = !response.isSuccessful();
    if (!refused) {
      listener.begun();
    }
    response.body().done().whenComplete((done, broken) -> {
      if (broken != null) {
        LOG.debug("the stream of {} broke: {}", response.request().uri(), broken.getMessage());
      }
      end(refused ? new End.Refused(refusal(response)) : new End.Over());
    });
    response.body().consume();
  }

  private Refusal refusal(HttpResponse<AsyncBody> response) {
    return Refusal.of(events.status(refusal.toByteArray()), response.code(), retryAfter(response));
  }

  /** What a server asks for in seconds. (Source: RFC 9110, Retry-After; API servers send no dates.) */
  static Optional<Duration> retryAfter(HttpResponse<?> response) {
    String seconds = response.header("Retry-After");
    return seconds == null || !seconds.matches("\\d{1,9}") ? Optional.empty() : Optional.of(Duration.ofSeconds(Long.parseLong(seconds)));
  }

  private void take(ByteBuffer piece) {
    if (!refused) {
      lines.feed(piece);
      return;
    }
    byte[] bytes = new byte[Math.min(piece.remaining(), MOST_OF_A_REFUSAL - refusal.size())];
    piece.duplicate().get(bytes);
    refusal.writeBytes(bytes);
  }

  private void line(byte[] bytes, int offset, int length) {
    if (over) {
      return;
    }
    try {
      Event<T> event = events.event(bytes, offset, length);
      if (event instanceof Event.Failed<T>(Refusal why)) {
        fail(why);
      } else {
        listener.event(event);
      }
    } catch (IOException e) {
      fail(unreadable("unable to decode an event from the watch stream: " + e.getMessage()));
    } catch (RuntimeException e) {
      LOG.error("an event could not be taken", e);
      fail(unreadable("an event could not be taken: " + e));
    }
  }

  private static Refusal unreadable(String message) {
    return new Refusal(500, "InternalError", message, false, Optional.empty());
  }

  private void fail(Refusal why) {
    end(new End.Failed(why));
    cancel();
  }

  private void end(End how) {
    over = true;
    synchronized (end) {
      if (end.isDone()) {
        return;
      }
      listener.ended();
      end.complete(how);
    }
  }

  private void cancel() {
    over = true;
    if (!answer.cancel(false)) {
      answer.thenAccept(response -> response.body().cancel());
    }
  }
}
