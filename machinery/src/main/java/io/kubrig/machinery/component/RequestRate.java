package io.kubrig.machinery.component;

import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.queue.TokenBucket;

/** Holds requests back so that no more than so many per second leave, as {@code --kube-api-qps} and {@code --kube-api-burst} say. */
final class RequestRate implements Interceptor {
  private final Clock clock;
  private final TokenBucket bucket;

  RequestRate(Clock clock, double perSecond, int burst) {
    this.clock = clock;
    this.bucket = new TokenBucket(clock, perSecond, burst);
  }

  @Override
  public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
    try {
      clock.sleep(bucket.reserve());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
