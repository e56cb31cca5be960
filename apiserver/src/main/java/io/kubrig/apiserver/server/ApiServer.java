package io.kubrig.apiserver.server;

import io.kubrig.apiserver.admission.AdmissionChain;
import io.kubrig.apiserver.authn.UserInfo;
import io.kubrig.apiserver.discovery.DiscoveryHandler;
import io.kubrig.apiserver.discovery.ServedApis;
import io.kubrig.apiserver.discovery.ServedGroup;
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
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.health.HealthCheck;
import io.kubrig.machinery.health.HealthChecks;
import io.kubrig.machinery.metrics.KubernetesRegistry;
import io.kubrig.machinery.schema.ApiGroup;
import io.kubrig.machinery.schema.SchemaCatalog;
import io.kubrig.schemas.KubernetesSchemas;
import io.kubrig.schemas.ResourceTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The API server without its socket: answers exchanges, wherever they come from. */
public final class ApiServer implements Handler {
  private final ApiServerSettings settings;
  private final ResourceHandler resources;
  private final Registry registry;
  private final DiscoveryHandler discovery;
  private final ServedApis served;
  private final Responses responses;
  private final Routes routes;

  public ApiServer(ApiServerSettings settings) {
    this.settings = settings;
    SchemaCatalog schemas = KubernetesSchemas.load();
    ResourceTable table = KubernetesSchemas.resources();
    List<ApiGroup> groups = table.onByDefault();
    Encoder encoder = new Encoder(schemas);
    ObjectStore store = new ObjectStore(settings.storage());
    StoredCluster cluster =
        new StoredCluster(store, () -> registry().catalog(), settings.cluster(), settings.clock(), settings.random());
    Kinds kinds = new Kinds(cluster);
    registry = registry(schemas, store, new ResourceCatalog(BuiltInResources.of(groups, schemas, kinds::of)), encoder);
    responses = new Responses(encoder);
    Bodies bodies = new Bodies(new TypedDecoding(schemas, new Forms(schemas)));
    resources = new ResourceHandler(registry, bodies, responses, new WriteOptions(schemas), new Patches());
    served = new ServedApis(groups, table);
    discovery = new DiscoveryHandler(served, schemas, settings::externalAddress);
    routes = new Routes(healthChecks(), this::metrics, this::apiPaths);
  }

  private Registry registry() {
    return registry;
  }

  private Registry registry(SchemaCatalog schemas, ObjectStore store, ResourceCatalog catalog, Encoder encoder) {
    AdmissionChain admission = new AdmissionChain(List.of());
    Views views = new Views(encoder);
    Lister lister = new Lister(store);
    Forms forms = new Forms(schemas);
    return new Registry(
        catalog,
        schemas,
        store,
        new Writer(store, admission, new NoOwnership(), forms, settings.random()),
        new Deleter(store, admission),
        lister,
        new Watches(store, lister, views, forms, settings.clock()),
        views,
        Map.of(),
        Map.of(),
        settings.random());
  }

  private List<HealthChecks> healthChecks() {
    List<HealthChecks> endpoints = new ArrayList<>();
    for (String endpoint : List.of("healthz", "livez", "readyz")) {
      HealthChecks checks = new HealthChecks(endpoint, settings.metrics(), List.of(HealthCheck.ping()));
      checks.add(HealthCheck.of("log", () -> {}));
      checks.add(HealthCheck.of("etcd", this::checkStorage));
      if (endpoint.equals("readyz")) {
        checks.add(HealthCheck.of("etcd-readiness", this::checkStorage));
      }
      endpoints.add(checks);
    }
    return endpoints;
  }

  private void checkStorage() throws IOException {
    List<String> troubles = settings.storage().troubles();
    if (!troubles.isEmpty()) {
      throw new IOException(String.join("; ", troubles));
    }
  }

  private byte[] metrics() {
    return settings.metrics() instanceof KubernetesRegistry known ? known.scrape().getBytes(StandardCharsets.UTF_8) : new byte[0];
  }

  private List<String> apiPaths() {
    List<String> paths = new ArrayList<>(List.of("/api", "/api/v1", "/apis"));
    for (ServedGroup group : served.snapshot().named()) {
      paths.add("/apis/" + group.name());
      group.versions().forEach(version -> paths.add("/apis/" + group.name() + "/" + version.version()));
    }
    return paths;
  }

  @Override
  public void handle(Exchange exchange) throws IOException {
    Query query = Query.parse(exchange.rawQuery());
    String path = Percent.decode(exchange.rawPath(), false).orElse("/");
    try {
      RequestInfo info = RequestInfo.of(exchange.method(), path, query);
      Call call = new Call(exchange, info, query, UserInfo.of("admin", "system:masters"), settings.clock().now());
      if (info.resource()) {
        resources.handle(call);
      } else {
        document(call, path);
      }
    } catch (RequestInfo.Unresolved e) {
      exchange.respond(400, Headers.of("Content-Type", "text/plain"), e.getMessage().getBytes(StandardCharsets.UTF_8));
    }
  }

  private void document(Call call, String path) throws IOException {
    try {
      if (!routes.handle(call.exchange(), path, call.query()) && !discovery.handle(call.exchange(), path)) {
        if (path.equals("/api") || path.startsWith("/api/") ) {
          throw ApiException.noSuchPath();
        }
        Routes.notFound(call.exchange());
      }
    } catch (ApiException e) {
      responses.fail(call, e, List.of());
    }
  }
}
