package io.kubrig.operators.sweep;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.StandardHttpRequest;
import io.kubrig.machinery.clock.Activity;
import io.kubrig.operators.engine.Objects;
import java.lang.reflect.Proxy;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * The requests of controllers that treat all kinds alike: discovery, whole objects or their metadata, watches, the scale subresource,
 * patches, deletions, and what a story answers beside.
 */
final class MemoryHttp implements MemoryWatch.Ends {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final MemoryServer server;
  private final Faults faults;
  private final Map<String, Class<? extends HasMetadata>> kinds; // by plural
  private final Story story;
  private final Activity activity;
  private final Map<String, String> documents = new HashMap<>(); // of discovery, by path
  private final Map<Class<?>, MemoryWatch> watches = new HashMap<>(); // guarded by itself
  private final Map<Class<?>, Activity.Work> returning = new HashMap<>(); // watchers whose watch was ended; guarded by watches

  MemoryHttp(MemoryServer server, Faults faults, Map<String, Class<? extends HasMetadata>> kinds, Story story, Activity activity) {
    this.server = server;
    this.faults = faults;
    this.kinds = kinds;
    this.story = story;
    this.activity = activity;
  }

  HttpClient dressed() {
    return (HttpClient) Proxy.newProxyInstance(MemoryHttp.class.getClassLoader(), new Class<?>[] {HttpClient.class},
        (self, method, args) -> switch (method.getName()) {
          case "newHttpRequestBuilder" -> new StandardHttpRequest.Builder();
          case "sendAsync" -> answer((HttpRequest) args[0]);
          case "consumeBytes" -> watched((HttpRequest) args[0], asReader(args[1]));
          default -> throw new UnsupportedOperationException(method.toString());
        });
  }

  @SuppressWarnings("unchecked")
  private static AsyncBody.Consumer<List<ByteBuffer>> asReader(Object reader) {
    return (AsyncBody.Consumer<List<ByteBuffer>>) reader;
  }

  /** The watches that run, by the names of their kinds. */
  List<MemoryWatch> watches() {
    synchronized (watches) {
      Map<String, MemoryWatch> sorted = new TreeMap<>();
      watches.forEach((kind, watch) -> sorted.put(kind.getName(), watch));
      return List.copyOf(sorted.values());
    }
  }

  /** Nobody comes back any more. */
  void close() {
    synchronized (watches) {
      returning.values().forEach(Activity.Work::close);
      returning.clear();
    }
  }

  @Override
  public void ending(MemoryWatch watch) {
    synchronized (watches) {
      returning.put(watch.kind(), activity.begin("return to " + watch.kind().getSimpleName()));
    }
  }

  @Override
  public void ended(MemoryWatch watch) {
    synchronized (watches) {
      watches.remove(watch.kind(), watch);
    }
  }

  private void returned(Class<?> kind) {
    synchronized (watches) {
      Activity.Work work = returning.remove(kind);
      if (work != null) {
        work.close();
      }
    }
  }

  private CompletableFuture<HttpResponse<AsyncBody>> watched(HttpRequest request, AsyncBody.Consumer<List<ByteBuffer>> reader) {
    Address address = Address.of(request.uri().getPath(), kinds).orElseThrow();
    returned(address.kind());
    try {
      MemoryWatch watch = faults.read(request.uri().getPath(), () ->
          new MemoryWatch(server, address.kind(), Long.parseLong(query(request).get("resourceVersion")), reader, this));
      synchronized (watches) {
        watches.put(address.kind(), watch);
      }
      return CompletableFuture.completedFuture(response(watch));
    } catch (KubernetesClientException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private CompletableFuture<HttpResponse<String>> answer(HttpRequest request) {
    String path = request.uri().getPath();
    try {
      return CompletableFuture.completedFuture(response(switch (request.method()) {
        case "GET" -> read(path, request);
        case "DELETE" -> faults.write(false, () -> deleted(address(path), request.bodyString()));
        case "PUT" -> faults.write(true, () -> replaced(address(path), request.bodyString()));
        case "PATCH" -> patched(request);
        default -> throw new UnsupportedOperationException(request.method() + " " + path);
      }));
    } catch (KubernetesClientException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** A read; others may ask for something else at the same time when it is one of a watcher. */
  private String read(String path, HttpRequest request) {
    var many = story.watches() ? Address.of(path, kinds).filter(address -> address.name().isEmpty()) : Optional.<Address>empty();
    many.ifPresent(address -> returned(address.kind()));
    return many.isPresent() ? faults.read(path, () -> read(request)) : faults.read(() -> read(request));
  }

  private Address address(String path) {
    return Address.of(path, kinds).orElseThrow(() -> nothing(path));
  }

  private static KubernetesClientException nothing(String path) {
    return MemoryServer.refusal(404, "NotFound", "the server could not find the requested resource " + path);
  }

  private static Map<String, String> query(HttpRequest request) {
    Map<String, String> query = new LinkedHashMap<>();
    String text = request.uri().getRawQuery() == null ? "" : request.uri().getRawQuery();
    for (String pair : text.split("&")) {
      String[] sides = pair.split("=", 2);
      query.put(sides[0], sides.length < 2 ? "" : URLDecoder.decode(sides[1], StandardCharsets.UTF_8));
    }
    return query;
  }

  @SuppressWarnings("unchecked")
  private static <B> HttpResponse<B> response(B body) {
    return (HttpResponse<B>) Proxy.newProxyInstance(MemoryHttp.class.getClassLoader(), new Class<?>[] {HttpResponse.class},
        (self, method, args) -> switch (method.getName()) {
          case "code" -> 200;
          case "isSuccessful" -> true;
          case "body" -> body;
          case "header" -> null;
          default -> throw new UnsupportedOperationException(method.toString());
        });
  }

  private String read(HttpRequest request) {
    String path = request.uri().getPath();
    if (path.equals("/api") || path.equals("/apis")) {
      return documents.computeIfAbsent(path, p -> discovery(p.equals("/api")));
    }
    var address = Address.of(path, kinds);
    if (address.isEmpty()) {
      return story.document(server, path).orElseThrow(() -> nothing(path));
    }
    boolean whole = !String.valueOf(request.header("Accept")).contains("as=PartialObjectMetadata");
    if (address.get().name().isEmpty()) {
      return list(address.get(), query(request).getOrDefault("fieldSelector", ""), whole);
    }
    HasMetadata object = address.get().one(server);
    return address.get().part().equals("scale") ? MemoryScale.of(object) : shown(object, whole).toString();
  }

  private static ObjectNode shown(HasMetadata object, boolean whole) {
    ObjectNode tree = MemoryServer.tree(object);
    return whole ? tree : JSON.createObjectNode().set("metadata", tree.get("metadata"));
  }

  /** @param selector one field and its value, or empty */
  private String list(Address address, String selector, boolean whole) {
    ObjectNode list = JSON.createObjectNode();
    list.putObject("metadata").put("resourceVersion", Long.toString(server.revision()));
    ArrayNode items = list.putArray("items");
    String[] wanted = selector.split("=", 2);
    address.all(server).stream().filter(object -> selector.isEmpty()
        || MemoryServer.tree(object).at("/" + wanted[0].replace('.', '/')).asText().equals(wanted[1]))
        .forEach(object -> items.add(shown(object, whole)));
    return list.toString();
  }

  /** Deletes an object or a collection. */
  private String deleted(Address address, String body) {
    if (address.name().isEmpty()) {
      address.all(server).forEach(object -> server.delete(object, Map.of(), false));
      return "{}";
    }
    JsonNode options = MemoryServer.read(body == null ? "{}" : body);
    Map<String, Object> preconditions = new LinkedHashMap<>();
    options.path("preconditions").properties().forEach(field -> preconditions.put(field.getKey(), field.getValue().asText()));
    return Objects.json(server.delete(address.like(), preconditions, false, options.path("propagationPolicy").asText("")));
  }

  private String replaced(Address address, String body) {
    return switch (address.part()) {
      case "scale" -> MemoryScale.replace(server, address.one(server), MemoryServer.read(body));
      case "", "status" -> Objects.json(server.update(Objects.parse(body, address.kind()), address.part().equals("status")));
      default -> throw new UnsupportedOperationException(address.part());
    };
  }

  /** A patch that names the state that it was decided on meets only conflicts that are true: some take them for an answer. */
  private String patched(HttpRequest request) {
    Address address = address(request.uri().getPath());
    String media = String.valueOf(request.header("Content-Type"));
    MemoryServer.Patch form = media.contains("strategic") ? MemoryServer.Patch.STRATEGIC
        : media.contains("apply") ? MemoryServer.Patch.APPLY : MemoryServer.Patch.MERGE;
    boolean mayConflict = form == MemoryServer.Patch.STRATEGIC;
    return faults.write(mayConflict, () ->
        Objects.json(server.patch(address.like(), request.bodyString(), form, address.part().equals("status"))));
  }

  private String discovery(boolean core) {
    ObjectNode groups = JSON.createObjectNode();
    ArrayNode items = groups.putArray("items");
    kinds.forEach((plural, kind) -> {
      HasMetadata like = Objects.parse("{}", kind);
      String[] version = like.getApiVersion().split("/");
      if (version.length == 1 == core) {
        ObjectNode group = items.addObject();
        group.putObject("metadata").put("name", core ? "" : version[0]);
        ObjectNode resource = group.putArray("versions").addObject().put("version", version[version.length - 1]).putArray("resources")
            .addObject().put("resource", plural).put("scope", like instanceof Namespaced ? "Namespaced" : "Cluster");
        resource.putObject("responseKind").put("kind", like.getKind());
        List.of("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection")
            .forEach(resource.withArrayProperty("verbs")::add);
      }
    });
    return groups.toString();
  }
}
