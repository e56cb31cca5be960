package io.kubrig.apiserver.server;

import io.kubrig.apiserver.admission.AdmissionChain;
import io.kubrig.apiserver.authn.UserInfo;
import io.kubrig.apiserver.http.Exchange;
import io.kubrig.apiserver.http.Handler;
import io.kubrig.apiserver.http.Headers;
import io.kubrig.apiserver.http.Percent;
import io.kubrig.apiserver.http.Query;
import io.kubrig.apiserver.http.RequestInfo;
import io.kubrig.apiserver.kinds.Kinds;
import io.kubrig.apiserver.negotiation.Encoder;
import io.kubrig.apiserver.registry.BuiltInResources;
import io.kubrig.apiserver.registry.Deleter;
import io.kubrig.apiserver.registry.Forms;
import io.kubrig.apiserver.registry.Lister;
import io.kubrig.apiserver.registry.ObjectStore;
import io.kubrig.apiserver.registry.ResourceCatalog;
import io.kubrig.apiserver.registry.Views;
import io.kubrig.apiserver.registry.Watches;
import io.kubrig.apiserver.registry.Writer;
import io.kubrig.apiserver.rest.Bodies;
import io.kubrig.apiserver.rest.Call;
import io.kubrig.apiserver.rest.Patches;
import io.kubrig.apiserver.rest.Registry;
import io.kubrig.apiserver.rest.ResourceHandler;
import io.kubrig.apiserver.rest.Responses;
import io.kubrig.apiserver.rest.TypedDecoding;
import io.kubrig.apiserver.rest.WriteOptions;
import io.kubrig.apiserver.storage.Storage;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.schema.SchemaCatalog;
import io.kubrig.schemas.KubernetesSchemas;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** The API server without its socket: answers exchanges from wherever they come. */
public final class ApiServer implements Handler {
  private final Clock clock;
  private final ResourceHandler resources;
  private final Registry registry;

  public ApiServer(Storage storage, Clock clock, RandomGenerator random) {
    this.clock = clock;
    SchemaCatalog schemas = KubernetesSchemas.load();
    Kinds kinds = new Kinds(Map.of());
    ResourceCatalog catalog =
        new ResourceCatalog(BuiltInResources.of(KubernetesSchemas.resources().onByDefault(), schemas, kinds::of));
    ObjectStore store = new ObjectStore(storage);
    AdmissionChain admission = new AdmissionChain(List.of());
    Encoder encoder = new Encoder(schemas);
    Views views = new Views(encoder);
    Lister lister = new Lister(store);
    Forms forms = new Forms(schemas);
    registry =
        new Registry(
            catalog,
            schemas,
            store,
            new Writer(store, admission, new NoOwnership(), forms, random),
            new Deleter(store, admission),
            lister,
            new Watches(store, lister, views, forms, clock),
            views,
            Map.of(),
            Map.of(),
            random);
    resources =
        new ResourceHandler(
            registry, new Bodies(new TypedDecoding(schemas, forms)), new Responses(encoder), new WriteOptions(schemas), new Patches());
  }

  @Override
  public void handle(Exchange exchange) throws IOException {
    Query query = Query.parse(exchange.rawQuery());
    try {
      RequestInfo info = RequestInfo.of(exchange.method(), Percent.decode(exchange.rawPath(), false).orElse("/"), query);
      if (info.resource()) {
        resources.handle(new Call(exchange, info, query, UserInfo.of("admin", "system:masters"), clock.now()));
        return;
      }
    } catch (RequestInfo.Unresolved e) {
      exchange.respond(400, Headers.of("Content-Type", "text/plain"), e.getMessage().getBytes(StandardCharsets.UTF_8));
      return;
    }
    exchange.respond(
        404, Headers.of("Content-Type", "text/plain; charset=utf-8"), "404 page not found\n".getBytes(StandardCharsets.UTF_8));
  }
}
