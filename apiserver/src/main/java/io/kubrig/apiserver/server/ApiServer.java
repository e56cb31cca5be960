package io.kubrig.apiserver.server;

import io.kubrig.apiserver.admission.AdmissionChain;
import io.kubrig.apiserver.admission.AdmissionMetrics;
import io.kubrig.apiserver.admission.AdmissionPlugin;
import io.kubrig.apiserver.admission.AdmissionPlugins;
import io.kubrig.apiserver.admission.KindLookup;
import io.kubrig.apiserver.admission.webhook.WebhookServices;
import io.kubrig.apiserver.aggregation.Aggregation;
import io.kubrig.apiserver.authn.Impersonation;
import io.kubrig.apiserver.authz.Rbac;
import io.kubrig.apiserver.customresource.ConversionServices;
import io.kubrig.apiserver.customresource.CustomResources;
import io.kubrig.apiserver.customresource.DefinitionController;
import io.kubrig.apiserver.discovery.DiscoveryHandler;
import io.kubrig.apiserver.discovery.ServedApis;
import io.kubrig.apiserver.discovery.ServedGroup;
import io.kubrig.apiserver.filter.CrossOrigin;
import io.kubrig.apiserver.filter.Pipeline;
import io.kubrig.apiserver.filter.RequestDeadlines;
import io.kubrig.apiserver.filter.RequestMetrics;
import io.kubrig.apiserver.flowcontrol.FlowControl;
import io.kubrig.apiserver.flowcontrol.InFlightLimit;
import io.kubrig.apiserver.flowcontrol.PriorityAndFairness;
import io.kubrig.apiserver.http.Exchange;
import io.kubrig.apiserver.http.Handler;
import io.kubrig.apiserver.http.Headers;
import io.kubrig.apiserver.http.RequestInfo;
import io.kubrig.apiserver.kinds.Kinds;
import io.kubrig.apiserver.negotiation.Encoder;
import io.kubrig.apiserver.negotiation.Negotiation;
import io.kubrig.apiserver.openapi.OpenApiDocuments;
import io.kubrig.apiserver.openapi.OpenApiHandler;
import io.kubrig.apiserver.openapi.RemoteDocuments;
import io.kubrig.apiserver.proxy.Connections;
import io.kubrig.apiserver.registry.BuiltInResources;
import io.kubrig.apiserver.registry.Deleter;
import io.kubrig.apiserver.registry.FieldOwnership;
import io.kubrig.apiserver.registry.Forms;
import io.kubrig.apiserver.registry.Lister;
import io.kubrig.apiserver.registry.ObjectStore;
import io.kubrig.apiserver.registry.Ownership;
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
import io.kubrig.apiserver.rest.Subresource;
import io.kubrig.apiserver.rest.TypedDecoding;
import io.kubrig.apiserver.rest.WriteOptions;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.apiserver.storage.ExpirySweep;
import io.kubrig.apiserver.storage.Storage;
import io.kubrig.apiserver.subresource.AdmittedConnections;
import io.kubrig.apiserver.subresource.Bindings;
import io.kubrig.apiserver.subresource.CommandParts;
import io.kubrig.apiserver.subresource.DisruptionBudgets;
import io.kubrig.apiserver.subresource.Evictions;
import io.kubrig.apiserver.webhook.HookClient;
import io.kubrig.apiserver.webhook.ServiceResolver;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.health.HealthCheck;
import io.kubrig.machinery.metrics.KubernetesRegistry;
import io.kubrig.machinery.queue.Backoff;
import io.kubrig.machinery.queue.WorkQueue;
import io.kubrig.machinery.schema.ApiGroup;
import io.kubrig.machinery.schema.SchemaCatalog;
import io.kubrig.schemas.KubernetesSchemas;
import io.kubrig.schemas.ResourceTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The API server without its socket: answers exchanges, wherever they come from. */
public final class ApiServer implements Handler, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ApiServer.class);
  /** Requests may wait for a quarter of the time that they have. */
  private static final int QUEUE_WAIT_SHARE = 4;

  /** Where what is stored has an end. */
  private static final List<String> PASSING = List.of("/registry/events/", "/registry/masterleases/", "/registry/peerserverleases/");

  private final ApiServerSettings settings;
  private final Optional<ExpirySweep> expiry;
  private final ResourceHandler resources;
  private final Registry registry;
  private final DiscoveryHandler discovery;
  private final OpenApiHandler openApi;
  private final ServedApis served;
  private final Responses responses;
  private final ServerHealth health;
  private final Routes routes;
  private final ZPages zPages;
  private final StoredObjects objects;
  private final HookClient hooks;
  private final Aggregation aggregation;
  private final AdmissionChain admission;
  private final Security security;
  private final RequestMetrics requests;
  private final Pipeline pipeline;
  private final PriorityAndFairness fairness;
  private final FlowControlService flowControl;
  private final DefinitionController definitions;
  private final SelfPublication publication;
  private final StorageGauges gauges;
  private final Bootstrap bootstrap;
  private final Clock.Timer repairs;
  private volatile Presence presence;
  private volatile boolean stopping;
  private volatile Map<String, String> flags = Map.of();
  private final Map<String, Subresource> commands = new HashMap<>();

  /** What every server of a process shares: immutable, read once. */
  private static final class BuiltIn {
    static final SchemaCatalog SCHEMAS = KubernetesSchemas.load();
    static final ResourceTable RESOURCES = KubernetesSchemas.resources();
  }

  public ApiServer(ApiServerSettings settings) {
    this.settings = settings;
    SchemaCatalog schemas = BuiltIn.SCHEMAS;
    ResourceTable table = BuiltIn.RESOURCES;
    List<ApiGroup> groups = new ApiEnablement(settings.cluster()).served(table);
    Encoder encoder = new Encoder(schemas);
    ObjectStore store = new ObjectStore(settings.storage());
    objects = new StoredObjects(
            store, () -> registry().catalog(), () -> security().authorizer(), settings.cluster(), settings.clock(), settings.random());
    ServiceResolver resolver = settings.outbound().resolver(objects, settings.random());
    hooks = new HookClient(resolver, settings.clock());
    Forms forms = new Forms(schemas);
    admission = admission(forms, schemas);
    Kinds kinds = new Kinds(objects);
    Ownership ownership = new FieldOwnership(schemas);
    registry = registry(schemas, forms, ownership, store, new ResourceCatalog(BuiltInResources.of(groups, schemas, kinds::of)), encoder);
    responses = new Responses(encoder);
    Bodies bodies = new Bodies(new TypedDecoding(schemas, forms));
    LegacyTokenTracking legacyTokens = new LegacyTokenTracking(this::registry, settings.clock());
    security = new Security(settings.security(), objects, settings.clock(), settings.random(), legacyTokens);
    commands.putAll(
        new ReviewCommands(schemas, bodies, responses, admission).of(security.reviews(), security.tokenRequests(), objects));
    boolean asked = settings.cluster().features().enabled("AuthorizePodWebsocketUpgradeCreatePermission", true);
    commands.putAll(
        AdmittedConnections.of(
            new Connections(objects, settings.kubelets(), settings.random()).commands(),
            admission,
            asked ? Optional.of(security.authorizer()) : Optional.empty()));
    WriteOptions writeOptions = new WriteOptions(schemas);
    commands.putAll(podCommands(new CommandParts(schemas, bodies, responses, writeOptions, admission, store)));
    resources = new ResourceHandler(registry, bodies, responses, writeOptions, new Patches(forms, ownership), settings.limits().minWatch(),
        settings.limits().deletionWorkers());
    served = new ServedApis(groups, table);
    discovery = new DiscoveryHandler(served, schemas, settings::externalAddress);
    RemoteDocuments remote = new RemoteDocuments(served::refresh);
    OpenApiDocuments documents = new OpenApiDocuments(schemas, KubernetesSchemas::descriptions, remote);
    openApi = new OpenApiHandler(served, documents);
    definitions = definitions(new CustomResources(registry.catalog(), served, documents, schemas, conversions()));
    aggregation = aggregation(remote, resolver);
    health = new ServerHealth(settings.limits().fairness(), settings.storage()::troubles, () -> stopping);
    routes = new Routes(health, this::metrics, this::apiPaths, settings.storage()::backup);
    zPages = new ZPages(settings.clock(), () -> flags);
    fairness = fairness();
    requests = new RequestMetrics(settings.metrics());
    pipeline = pipeline();
    kinds.repair();
    Bootstrap bootstrap = new Bootstrap(registry, settings.clock());
    if (settings.makesDefaults()) {
      bootstrap.run();
    }
    if (fairness != null) {
      flowControl = new FlowControlService(fairness, registry, ownership, settings.clock());
      flowControl.start(objects, new FlowControlObjects(bootstrap)::create);
    } else {
      flowControl = null;
    }
    publication = new SelfPublication(bootstrap, objects, settings);
    publication.publish();
    gauges = new StorageGauges(settings.metrics(), settings.storage(), registry::catalog, registry.computed().keySet());
    this.bootstrap = bootstrap;
    legacyTokens.begin(bootstrap);
    LocalApiServices.create(bootstrap, served.snapshot().groups());
    definitions.start();
    aggregation.start();
    admission.plugins().forEach(plugin -> plugin.start(objects));
    expiry = expiry(store.storage());
    repairs = settings.clock().every(Kinds.REPAIR_PERIOD, () -> Thread.ofVirtual().name("repair").start(() -> repair(kinds)));
  }

  private static void repair(Kinds kinds) {
    try {
      kinds.repair();
    } catch (ApiException e) {
      LOG.error("What services hold was not compared with what is allocated: {}", e.getMessage());
    }
  }

  /**
   * Lets others know of this server, which listens: the endpoints of the service {@code kubernetes}, and a lease. They are renewed until
   * {@link #withdraw}.
   *
   * @param peer who it is for other servers on the same storage; empty when they are not to know
   */
  public void announce(Optional<Peer> peer) {
    ServerWrites writes = new ServerWrites(this::registry, settings.clock());
    presence =
        new Presence(
            publication.endpoints(writes),
            peer.map(who -> new PeerLease(objects, bootstrap, writes, who, uuid().toString())),
            settings.clock());
    presence.begin();
  }

  /**
   * Whether this server goes by a role or a binding as it was written at a revision. Authorization follows what is stored, a moment later.
   *
   * @param plural such as {@code rolebindings}
   */
  public boolean authorizesBy(String plural, long revision) {
    return objects.areTold(Rbac.GROUP, plural, revision);
  }

  /** Takes back what was announced. */
  public void withdraw() {
    if (presence != null) {
      presence.close();
      presence = null;
    }
  }

  /** Events and what servers say of themselves have an end. */
  private Optional<ExpirySweep> expiry(Storage storage) {
    return storage.expiresByItself() ? Optional.empty()
        : Optional.of(ExpirySweep.start(storage, settings.clock(), PASSING));
  }

  private Aggregation aggregation(RemoteDocuments remote, ServiceResolver resolver) {
    return new Aggregation(
        new Aggregation.Parts(
            objects,
            new ServerWrites(this::registry, settings.clock()),
            served,
            remote,
            resolver,
            settings.outbound().proxyClient(),
            settings.metrics(),
            settings.clock()));
  }

  private ConversionServices conversions() {
    return new ConversionServices(hooks, settings.metrics(), settings.clock(), settings.random());
  }

  private DefinitionController definitions(CustomResources serving) {
    DefinitionController.Parts parts =
        new DefinitionController.Parts(
            objects, registry.store(), registry.catalog(), registry.writer(), registry.deleter(), settings.clock());
    WorkQueue<String> queue =
        new WorkQueue<>("customresourcedefinition", settings.clock(), settings.metrics(), Backoff.controllerDefault(settings.clock()));
    return new DefinitionController(parts, serving, queue);
  }

  private Map<String, Subresource> podCommands(CommandParts parts) {
    Bindings bindings = new Bindings(parts, () -> registry().catalog().resource("", "pods").orElseThrow());
    DisruptionBudgets budgets =
        new DisruptionBudgets(parts.store(), () -> registry().catalog().resource("policy", "poddisruptionbudgets").orElseThrow());
    return Map.of(
        "pods/binding", bindings.command(),
        "bindings/", bindings.legacyCommand(),
        "pods/eviction", new Evictions(parts, budgets).command());
  }

  private AdmissionChain admission(Forms forms, SchemaCatalog schemas) {
    KindLookup kinds = (group, kind) -> registry().catalog().byKind(group, kind);
    WebhookServices webhooks =
        new WebhookServices(
            objects,
            () -> security().authorizer(),
            kinds,
            resource -> registry().catalog().equivalents(resource),
            hooks,
            forms,
            schemas,
            settings.metrics());
    AdmissionPlugins.Services services =
        new AdmissionPlugins.Services(
            objects, () -> security().authorizer(), kinds, new ServerWrites(this::registry, settings.clock()), webhooks);
    List<AdmissionPlugin> plugins = new ArrayList<>(AdmissionPlugins.of(settings.admission(), services));
    plugins.add(new EscalationCheck(() -> security().escalation()));
    return new AdmissionChain(plugins, new AdmissionMetrics(settings.metrics(), settings.clock()));
  }

  private Security security() {
    return security;
  }

  private Registry registry() {
    return registry;
  }

  private Registry registry(SchemaCatalog schemas, Forms forms, Ownership ownership, ObjectStore store, ResourceCatalog catalog,
      Encoder encoder) {
    Views views = new Views(encoder);
    Lister lister = new Lister(store);
    return new Registry(
        catalog,
        schemas,
        store,
        new Writer(store, admission, ownership, forms, settings.random()),
        new Deleter(store, admission),
        lister,
        new Watches(store, lister, views, forms, settings.clock()),
        views,
        forms,
        Map.of(),
        commands,
        Map.of("componentstatuses", new ComponentStatuses(settings.storage()::troubles)),
        settings.random());
  }

  /** Adds a check to all health endpoints. */
  void watchHealth(HealthCheck check) {
    health.endpoints().forEach(checks -> checks.add(check));
  }

  /** Says what {@code /flagz} shows: every flag with its value, by name. */
  void showFlags(Map<String, String> shown) {
    flags = Map.copyOf(shown);
  }

  private byte[] metrics() {
    gauges.refresh();
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

  private Pipeline pipeline() {
    Pipeline.Parts parts =
        new Pipeline.Parts(
            new CrossOrigin(settings.limits().corsOrigins()),
            settings.limits().strictTransportSecurity(),
            new RequestDeadlines(settings.limits().requestTimeout(), settings.clock()),
            security.authenticators(),
            settings.audit(),
            new Impersonation(security.authorizer()),
            flowControl(),
            security.authorizer(),
            requests,
            (request, failure) -> responses.fail(call(request), failure, List.of()),
            this::serve);
    return new Pipeline(parts, settings.clock(), this::uuid);
  }

  private FlowControl flowControl() {
    ApiServerSettings.Limits limits = settings.limits();
    return fairness != null ? fairness : new InFlightLimit(limits.maxReading(), limits.maxMutating());
  }

  /** Null when it is switched off. */
  private PriorityAndFairness fairness() {
    ApiServerSettings.Limits limits = settings.limits();
    return limits.fairness()
        ? new PriorityAndFairness(
            limits.maxReading() + limits.maxMutating(),
            limits.requestTimeout().dividedBy(QUEUE_WAIT_SHARE),
            (info, query) -> FlowControlService.work(registry, info, query),
            settings.clock(),
            settings.metrics())
        : null;
  }

  private UUID uuid() {
    long high = (settings.random().nextLong() & ~0xF000L) | 0x4000L;
    return new UUID(high, (settings.random().nextLong() & ~(3L << 62)) | (1L << 63));
  }

  private static Call call(Pipeline.Request request) {
    return new Call(request.exchange(), request.info(), request.query(), request.user(), request.received(), request.audit());
  }

  @Override
  public void handle(Exchange exchange) throws IOException {
    pipeline.handle(exchange);
  }

  /** Answers what has come through the pipeline. */
  private void serve(Pipeline.Request request) throws IOException {
    if (aggregation.handle(request.exchange(), request.info().path(), request.user(), request.audit().id())) {
      return;
    }
    Call call = call(request);
    if (!request.info().resource()) {
      document(call, request.info().path());
    } else if (isNobodys(request.info())) {
      Routes.notFound(request.exchange());
    } else {
      noteDeprecated(request.info());
      resources.handle(call);
    }
  }

  private void noteDeprecated(RequestInfo info) {
    boolean deprecated =
        registry.catalog().served(info.group(), info.version(), info.resourceName())
            .filter(resource -> info.isReadOnly() || resource.can(info.verb()))
            .flatMap(resource -> resource.behaviour().deprecation(info.version()))
            .isPresent();
    if (deprecated) {
      requests.deprecated(info);
    }
  }

  /** Whether a request is for what neither a built-in group nor a custom resource serves. */
  private boolean isNobodys(RequestInfo info) {
    ResourceCatalog catalog = registry.catalog();
    if (info.group().isEmpty()) {
      return false;
    }
    boolean builtIn = catalog.all().stream().anyMatch(resource -> !resource.custom() && resource.group().equals(info.group()));
    if (builtIn && catalog.resource(info.group(), info.resourceName()).map(resource -> !resource.custom()).orElse(true)) {
      return false;
    }
    return catalog
        .served(info.group(), info.version(), info.resourceName())
        .filter(resource -> resource.namespaced() || info.namespace().isEmpty())
        .isEmpty();
  }

  private void document(Call call, String path) throws IOException {
    try {
      if (issuerDocument(call.exchange(), path)) {
        return;
      }
      if (!routes.handle(call.exchange(), path, call.query())
          && !zPages.handle(call.exchange(), path)
          && !discovery.handle(call.exchange(), path)
          && !openApi.handle(call.exchange(), path)) {
        if (path.equals("/api") || path.startsWith("/api/")) {
          throw ApiException.noSuchPath();
        }
        Routes.notFound(call.exchange());
      }
    } catch (ApiException e) {
      responses.fail(call, e, List.of());
    }
  }

  /** What others need to verify service account tokens. */
  private boolean issuerDocument(Exchange exchange, String path) throws IOException {
    boolean discovered = path.equals("/.well-known/openid-configuration");
    if (!discovered && !path.equals("/openid/v1/jwks")) {
      return false;
    }
    String keySet = "https://" + settings.externalAddress() + "/openid/v1/jwks";
    if (!discovered) {
      Negotiation.route(exchange.headers().value("Accept"), List.of("application/jwk-set+json"));
    }
    byte[] body = discovered ? security.keys().discovery(keySet) : security.keys().keySet();
    String type = discovered ? "application/json" : "application/jwk-set+json";
    exchange.respond(200, Headers.of("Content-Type", type, "Cache-Control", "public, max-age=3600"), body);
    return true;
  }

  @Override
  public void close() {
    stopping = true;
    withdraw();
    repairs.cancel();
    aggregation.close();
    expiry.ifPresent(ExpirySweep::close);
    if (flowControl != null) {
      flowControl.close();
    }
    definitions.close();
    security.close();
    objects.close();
    hooks.close();
    settings.audit().close();
  }
}
