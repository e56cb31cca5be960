package io.kubrig.operators.sweep;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodListBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.NamespaceableResource;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.kubrig.machinery.clock.Activity;
import io.kubrig.machinery.informers.Informers;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The client of one life of a manager: requests that may go wrong, and informers that lag. It knows what {@code engine.Api} and
 * {@code Caches} ask.
 */
final class MemoryClient implements Informers {
  private final MemoryServer server;
  private final Faults faults;
  private final MemoryHttp http;
  private final Story story;
  private final Map<String, Class<? extends HasMetadata>> kinds = new LinkedHashMap<>();
  private final Map<Class<?>, LaggingInformer<?>> informers = new LinkedHashMap<>();

  MemoryClient(MemoryServer server, Faults faults, Story story, Activity activity) {
    this.server = server;
    this.http = new MemoryHttp(server, faults, kinds, story, activity);
    this.faults = faults;
    this.story = story;
    story.kinds().forEach(kind -> kinds.put(HasMetadata.getPlural(kind), kind));
  }

  /** All that learns late: informers of whole objects, and watches. */
  List<Lagging> informers() {
    List<Lagging> all = new ArrayList<>(informers.values());
    all.addAll(http.watches());
    return all;
  }

  /** The revision up to which a kind is known; zero when nobody watches it at the moment. */
  long seen(Class<? extends HasMetadata> kind) {
    LaggingInformer<?> informer = informers.get(kind);
    return informer != null ? informer.seen()
        : http.watches().stream().filter(watch -> watch.kind() == kind).mapToLong(Lagging::seen).findFirst().orElse(0);
  }

  /** This life is over. */
  void close() {
    http.close();
  }

  KubernetesClient dressed() {
    return proxy(KubernetesClient.class, (self, method, args) -> switch (method.getName()) {
      case "getConfiguration" -> Config.empty();
      case "getMasterUrl" -> URI.create("https://memory.example").toURL();
      case "getHttpClient" -> http.dressed();
      case "resources" -> all(asKind(args[0]), "");
      case "pods" -> all(Pod.class, "");
      case "resource" -> one((HasMetadata) args[0], "");
      case "raw" -> switch ((String) args[1]) {
        case "PUT" -> replaced((String) args[0], (HasMetadata) args[2]);
        case "POST" -> created((String) args[0], (Map<?, ?>) args[2]);
        default -> deleted((String) args[0], (Map<?, ?>) args[2]);
      };
      default -> throw new UnsupportedOperationException(method.toString());
    });
  }

  @SuppressWarnings("unchecked")
  private static Class<? extends HasMetadata> asKind(Object kind) {
    return (Class<? extends HasMetadata>) kind;
  }

  private MixedOperation<?, ?, ?> all(Class<? extends HasMetadata> kind, String namespace) {
    return proxy(MixedOperation.class, (self, method, args) -> switch (method.getName()) {
      case "inAnyNamespace" -> self;
      case "inNamespace" -> all(kind, (String) args[0]);
      case "withName" -> named(kind, new Key(namespace, (String) args[0]));
      case "list" -> faults.read(() -> listed(kind, server.list(kind).stream()
          .filter(object -> namespace.isEmpty() || namespace.equals(object.getMetadata().getNamespace())).toList()));
      default -> throw new UnsupportedOperationException(method.toString());
    });
  }

  @Override
  public SharedIndexInformer<? extends HasMetadata> of(Class<? extends HasMetadata> kind) {
    return informers.computeIfAbsent(kind, k -> new LaggingInformer<>(server, kind)).dressed();
  }

  private static KubernetesResourceList<?> listed(Class<?> kind, List<? extends HasMetadata> items) {
    if (kind == Pod.class) {
      return new PodListBuilder().withItems(items.stream().map(Pod.class::cast).toList()).build();
    }
    return proxy(KubernetesResourceList.class, (self, method, args) -> items);
  }

  private Resource<?> named(Class<? extends HasMetadata> kind, Key key) {
    return proxy(Resource.class, (self, method, args) -> faults.read(() -> server.find(kind, key).orElse(null)));
  }

  private NamespaceableResource<?> one(HasMetadata object, String subresource) {
    return proxy(NamespaceableResource.class, (self, method, args) -> {
      if (object instanceof Event event) {
        story.told(event);
        return object; // that they arrive is not what is tested
      }
      if (object instanceof SubjectAccessReview) {
        return faults.read(() -> new SubjectAccessReviewBuilder().withNewStatus().withAllowed(true).endStatus().build());
      }
      return switch (method.getName()) {
        case "create" -> faults.write(false, () -> server.create(object));
        case "update" -> faults.write(true, () -> server.update(object, false));
        case "updateStatus" -> faults.write(true, () -> server.update(object, true));
        case "subresource" -> one(object, (String) args[0]);
        case "patch" -> faults.write(true, () -> server.patch(object, (String) args[1], form((PatchContext) args[0]),
            subresource.equals("status")));
        default -> throw new UnsupportedOperationException(method.toString());
      };
    });
  }

  private static MemoryServer.Patch form(PatchContext how) {
    return how.getPatchType() == PatchType.SERVER_SIDE_APPLY ? MemoryServer.Patch.APPLY
        : how.getPatchType() == PatchType.JSON_MERGE ? MemoryServer.Patch.MERGE : MemoryServer.Patch.STRATEGIC;
  }

  /** A subresource that is part of the status, or of the spec. */
  private String replaced(String path, HasMetadata object) {
    boolean ofStatus = switch (path.substring(path.lastIndexOf('/') + 1)) {
      case "approval" -> true;
      case "finalize" -> false;
      default -> throw new UnsupportedOperationException(path);
    };
    return faults.write(true, () -> Objects.json(server.update(object, ofStatus)));
  }

  private String created(String path, Map<?, ?> document) {
    Class<? extends HasMetadata> kind = Address.of(path, kinds).orElseThrow().kind();
    return faults.write(false, () -> Objects.json(server.create(Objects.parse(Objects.json(document), kind))));
  }

  private String deleted(String path, Map<?, ?> options) {
    HasMetadata about = Address.of(path, kinds).orElseThrow().like();
    Map<String, Object> preconditions = new LinkedHashMap<>();
    if (options.get("preconditions") instanceof Map<?, ?> given) {
      given.forEach((key, value) -> preconditions.put(String.valueOf(key), value));
    }
    boolean now = Long.valueOf(0).equals(options.get("gracePeriodSeconds"));
    return faults.write(false, () -> Objects.json(server.delete(about, preconditions, now)));
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(MemoryClient.class.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
