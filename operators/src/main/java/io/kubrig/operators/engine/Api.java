package io.kubrig.operators.engine;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * One controller's way to the API server. Every answer to a write is shown by the caches at once.
 *
 * <p>All methods throw {@link KubernetesClientException} with the server's Status; {@link ApiErrors} reads it. Nothing is retried
 * here. A creation or deletion whose outcome is unknown keeps the controller from acting until the caches show what came of it.
 */
public final class Api {
  private final KubernetesClient client;
  private final Caches caches;
  private final Semaphore permits;
  private final Doubts doubts;
  private final boolean acts;

  /** Requests through a client; what they change is shown by the caches. */
  public Api(KubernetesClient client, Caches caches) {
    this(client, caches, new Semaphore(Integer.MAX_VALUE));
  }

  /** @param permits for writes under way; all that share a connection share them, because a connection carries so many at once only */
  public Api(KubernetesClient client, Caches caches, Semaphore permits) {
    this(client, caches, permits, true);
  }

  /** @param acts whether writes are done; what is not done is not shown by the caches, and its outcome is never in doubt */
  public Api(KubernetesClient client, Caches caches, Semaphore permits, boolean acts) {
    this.acts = acts;
    this.client = client;
    this.caches = caches;
    this.permits = permits;
    this.doubts = new Doubts(client, caches);
  }

  /** Whether the caches show everything that this controller did; while they do not, it must not decide anything. */
  public boolean settled() {
    return doubts.settled();
  }

  /** Whether writes are done; a shadow's are not, so that only the cluster tells it what came of what it wanted. */
  public boolean acts() {
    return acts;
  }

  /** The objects whose creation or deletion by this controller has an unknown outcome, as kind and key. */
  public List<String> awaited() {
    return doubts.open().stream().map(object -> object.getKind() + " " + Key.of(object)).toList();
  }

  /** The client itself, for what this class does not know; its writes are not shown by the caches before the watch brings them. */
  public KubernetesClient client() {
    return client;
  }

  /** Reads an object past the caches. */
  public <T extends HasMetadata> Optional<T> live(Class<T> kind, String namespace, String name) {
    return Optional.ofNullable(resource(kind, namespace, name).get());
  }

  /** Creates an object and answers what the server made of it. */
  public <T extends HasMetadata> T create(T object) {
    try {
      return show(permitted(() -> client.resource(object).create()));
    } catch (RuntimeException e) {
      doubt(object, e);
      throw e;
    }
  }

  /** Replaces an object; its resource version must still be current. */
  public <T extends HasMetadata> T update(T object) {
    return show(permitted(() -> client.resource(object).update()));
  }

  /** Replaces an object's status; its resource version must still be current. */
  public <T extends HasMetadata> T updateStatus(T object) {
    return show(permitted(() -> client.resource(object).updateStatus()));
  }

  /** Applies a patch of a type. The client is given the object because it would read it first otherwise, which not every account may. */
  public <T extends HasMetadata> T patch(T object, PatchType type, Map<String, ?> patch) {
    return show(permitted(() -> client.resource(object).patch(PatchContext.of(type), Objects.patch(patch))));
  }

  /** Applies a patch of a type to a subresource. */
  public <T extends HasMetadata> T patch(T object, String subresource, PatchType type, Map<String, ?> patch) {
    return show(permitted(() -> client.resource(object).subresource(subresource).patch(PatchContext.of(type), Objects.patch(patch))));
  }

  /**
   * Applies what a manager of fields wants of a subresource, whoever else wanted something of these fields.
   *
   * @param wanted without kind and name, which are the object's
   */
  public <T extends HasMetadata> T apply(T object, String subresource, String manager, Map<String, ?> wanted) {
    Map<String, Object> whole = new LinkedHashMap<>();
    whole.put("apiVersion", object.getApiVersion());
    whole.put("kind", object.getKind());
    whole.put("metadata", Map.of("name", object.getMetadata().getName()));
    whole.putAll(wanted);
    PatchContext how =
        new PatchContext.Builder().withPatchType(PatchType.SERVER_SIDE_APPLY).withFieldManager(manager).withForce(true).build();
    return show(permitted(() -> client.resource(object).subresource(subresource).patch(how, Objects.patch(whole))));
  }

  /** Deletes an object, whatever its state. */
  public void delete(HasMetadata object) {
    delete(object, new Deletion());
  }

  /** Deletes an object under conditions. A 404 throws as any other refusal. */
  public void delete(HasMetadata object, Deletion how) {
    String answer;
    try {
      answer = permitted(() -> client.raw(path(object), "DELETE", how.options()));
    } catch (RuntimeException e) {
      doubt(object, e);
      throw e;
    }
    if (answer == null) {
      throw new KubernetesClientException("not found", 404, null);
    }
    showDeletion(object, answer);
  }

  private void doubt(HasMetadata object, RuntimeException failure) {
    if (acts) {
      doubts.raise(object, failure);
    }
  }

  private void showDeletion(HasMetadata object, String answer) {
    if (!acts) {
      return;
    }
    // the answer is the object while it lingers, or when it has gone; for some kinds then a mere Status
    boolean isObject = Objects.kindOf(answer).filter(object.getKind()::equals).isPresent();
    HasMetadata left = isObject ? Objects.parse(answer, kindOf(object)) : null;
    boolean same = left != null && java.util.Objects.equals(left.getMetadata().getUid(), object.getMetadata().getUid());
    if (same && Objects.lingers(left)) {
      caches.wrote(left);
    } else {
      caches.deleted(object);
    }
  }

  /** A write, once it may begin. */
  private <A> A permitted(Supplier<A> write) {
    permits.acquireUninterruptibly(); // as short as a request; the write itself heeds interrupts
    try {
      return write.get();
    } finally {
      permits.release();
    }
  }

  private <T extends HasMetadata> T show(T answer) {
    if (acts && answer != null) {
      caches.wrote(answer);
    }
    return answer;
  }

  private <T extends HasMetadata> Resource<T> resource(Class<T> kind, String namespace, String name) {
    var all = client.<T, KubernetesResourceList<T>>resources(kind, null);
    return namespace == null || namespace.isEmpty() ? all.withName(name) : all.inNamespace(namespace).withName(name);
  }

  private static String path(HasMetadata object) {
    String version = object.getApiVersion();
    String namespace = object.getMetadata().getNamespace();
    return (version.contains("/") ? "/apis/" : "/api/") + version
        + (namespace == null || namespace.isEmpty() ? "" : "/namespaces/" + namespace)
        + "/" + object.getPlural() + "/" + object.getMetadata().getName();
  }

  @SuppressWarnings("unchecked")
  private static <T extends HasMetadata> Class<T> kindOf(T object) {
    return (Class<T>) object.getClass();
  }

  /**
   * How an object is to be deleted; null means unsaid.
   *
   * @param uid only the object of this uid
   * @param resourceVersion only this state of it
   * @param graceSeconds seconds for a pod to end
   * @param propagation Foreground, Background or Orphan
   */
  public record Deletion(String uid, String resourceVersion, Long graceSeconds, String propagation) {
    /** Unconditional, with the kind's defaults. */
    public Deletion() {
      this(null, null, null, null);
    }

    /** Only the object of a uid. */
    public static Deletion ofUid(String uid) {
      return new Deletion(uid, null, null, null);
    }

    /** The body of a delete request. */
    public Map<String, Object> options() {
      Map<String, Object> options = new LinkedHashMap<>();
      options.put("kind", "DeleteOptions");
      options.put("apiVersion", "v1");
      Map<String, Object> preconditions = new LinkedHashMap<>();
      if (uid != null) {
        preconditions.put("uid", uid);
      }
      if (resourceVersion != null) {
        preconditions.put("resourceVersion", resourceVersion);
      }
      if (!preconditions.isEmpty()) {
        options.put("preconditions", preconditions);
      }
      if (graceSeconds != null) {
        options.put("gracePeriodSeconds", graceSeconds);
      }
      if (propagation != null) {
        options.put("propagationPolicy", propagation);
      }
      return options;
    }
  }
}
