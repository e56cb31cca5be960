package io.kubrig.machinery.leader;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.net.HttpURLConnection;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Lets the writes of a client pass while this process leads, beyond doubt; reads always pass. A process that stood still, or was cut off,
 * may have been succeeded: what its parts were about to do must not be done any more, even before they hear of it.
 *
 * <p>It knows how many writes are under way: a leader hands its lease back after they have been answered, for the next one takes it at
 * once. What makes requests wait, such as a bound on their rate, comes before it, so that nothing waits between the question and the
 * sending.
 */
public final class LeaderGate implements Interceptor {
  private static final Set<String> READS = Set.of("GET", "HEAD");

  private final BooleanSupplier leads;
  private final Deque<Long> underWay = new ArrayDeque<>(); // since when, by the machine's monotonic clock; guarded by this

  public LeaderGate(BooleanSupplier leads) {
    this.leads = leads;
  }

  /** @throws KubernetesClientException with the code of a conflict for a write of a process that does not lead */
  @Override
  public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
    if (READS.contains(request.method())) {
      return;
    }
    synchronized (this) {
      underWay.addLast(System.nanoTime());
    }
    if (!leads.getAsBoolean()) { // asked after the write was noted: whoever waits for those under way waits for all that passed
      over();
      throw new KubernetesClientException(
          request.method() + " " + request.uri().getPath() + " was not sent: this process does not lead any more",
          HttpURLConnection.HTTP_CONFLICT, null);
    }
  }

  @Override
  public void after(HttpRequest request, HttpResponse<?> response, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
    if (!READS.contains(request.method())) {
      over();
    }
  }

  /** Told of connections that fail, but for the last time that a request is tried. */
  @Override
  public void afterConnectionFailure(HttpRequest request, Throwable failure) {
    if (!READS.contains(request.method())) {
      over();
    }
  }

  /** Some write was answered; which one does not matter, so that the others count from the latest times. */
  private synchronized void over() {
    underWay.pollFirst();
    if (underWay.isEmpty()) {
      notifyAll();
    }
  }

  /**
   * Waits until no write is under way, to be called when this process has stopped leading. It ends early when the thread is interrupted,
   * which then still is.
   *
   * @param limit in real time: how long after the last write its answer is waited for, which may never come
   * @return whether all writes have been answered
   */
  public synchronized boolean drain(Duration limit) {
    try {
      while (!underWay.isEmpty()) {
        long left = limit.toNanos() - (System.nanoTime() - underWay.getLast());
        if (left <= 0) {
          return false;
        }
        wait(left / 1_000_000 + 1);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return underWay.isEmpty();
  }
}
