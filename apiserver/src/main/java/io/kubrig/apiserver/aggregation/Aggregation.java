package io.kubrig.apiserver.aggregation;

import io.kubrig.apiserver.admission.OwnWrites;
import io.kubrig.apiserver.authn.UserInfo;
import io.kubrig.apiserver.authz.ObjectReader;
import io.kubrig.apiserver.discovery.ServedApis;
import io.kubrig.apiserver.http.Exchange;
import io.kubrig.apiserver.openapi.RemoteDocuments;
import io.kubrig.apiserver.webhook.ServiceResolver;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.pki.KeyAndCertificate;
import io.kubrig.machinery.queue.Backoff;
import io.kubrig.machinery.queue.TokenBucket;
import io.kubrig.machinery.queue.WorkQueue;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** Other API servers behind this one, put together. */
public final class Aggregation implements AutoCloseable {
  private static final Duration FIRST_RETRY = Duration.ofMillis(5);
  private static final Duration LAST_RETRY = Duration.ofSeconds(30);

  private final Parts parts;
  private final RemoteServices services;
  private final AggregationProxy proxy;
  private final AvailabilityController availability;
  private final AutoRegistration registration;

  /**
   * What aggregation works with.
   *
   * @param proxyClient by which other servers know this one; asked when first needed
   */
  public record Parts(
      ObjectReader objects,
      OwnWrites writes,
      ServedApis served,
      RemoteDocuments documents,
      ServiceResolver resolver,
      Supplier<Optional<KeyAndCertificate>> proxyClient,
      MeterRegistry meters,
      Clock clock) {}

  public Aggregation(Parts parts) {
    this.parts = parts;
    Backoff<String> backoff = new Backoff<>(FIRST_RETRY, LAST_RETRY, new TokenBucket(parts.clock, 10, 100));
    WorkQueue<String> queue = queue("remote_availability_controller", backoff);
    services = new RemoteServices(queue::add);
    RemoteClient client = new RemoteClient(parts.resolver, parts.proxyClient, parts.clock);
    proxy = new AggregationProxy(services, client);
    AvailabilityController.Publications publications =
        publications(new RemoteDiscovery(parts.served, client), new RemoteOpenApi(parts.documents, client));
    availability =
        new AvailabilityController(
            new AvailabilityController.Parts(
                parts.objects,
                parts.writes,
                services,
                new Availability(parts.objects, client),
                publications,
                new AvailabilityMetrics(parts.meters),
                parts.clock),
            queue);
    registration =
        new AutoRegistration(parts.objects, parts.writes, parts.served, queue("autoregister", Backoff.controllerDefault(parts.clock)));
  }

  private WorkQueue<String> queue(String name, Backoff<String> backoff) {
    return new WorkQueue<>(name, parts.clock, parts.meters, backoff);
  }

  private static AvailabilityController.Publications publications(RemoteDiscovery discovery, RemoteOpenApi openApi) {
    return new AvailabilityController.Publications() {
      @Override
      public void read(RemoteService service) {
        discovery.read(service);
        openApi.read(service);
      }

      @Override
      public void unavailable(RemoteService service) {
        discovery.markStale(service);
      }

      @Override
      public void gone(String apiService) {
        discovery.gone(apiService);
        openApi.gone(apiService);
      }
    };
  }

  /** Follows APIServices from now on, and works until closed. */
  public void start() {
    parts.objects.follow(AvailabilityController.GROUP, AvailabilityController.PLURAL, services);
    availability.start();
    registration.start();
  }

  /**
   * Answers a request whose path belongs to another server; answers false when it does not.
   *
   * @param path decoded
   */
  public boolean handle(Exchange exchange, String path, UserInfo user, String auditId) throws IOException {
    return proxy.handle(exchange, path, user, auditId);
  }

  @Override
  public void close() {
    registration.close();
    availability.close();
  }
}
