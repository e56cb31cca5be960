package io.kubrig.operators.why;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResource;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.operators.engine.ApiErrors;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.metadata.Discovery;
import io.kubrig.operators.metadata.MetadataClient;
import io.kubrig.operators.metadata.ResourceType;
import io.kubrig.operators.pods.Pods;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Reads what chains are made of from an API server: the object asked about, and what may hold it up. Reading permissions are enough;
 * what may not be read is noted in the facts.
 */
public final class Gatherer {
  private static final Map<String, String> SHORT = Map.ofEntries(Map.entry("deploy", "deployments"), Map.entry("rs", "replicasets"),
      Map.entry("rc", "replicationcontrollers"), Map.entry("sts", "statefulsets"), Map.entry("ds", "daemonsets"),
      Map.entry("cj", "cronjobs"), Map.entry("svc", "services"), Map.entry("ep", "endpoints"), Map.entry("pvc", "persistentvolumeclaims"),
      Map.entry("pv", "persistentvolumes"), Map.entry("hpa", "horizontalpodautoscalers"), Map.entry("pdb", "poddisruptionbudgets"),
      Map.entry("ns", "namespaces"), Map.entry("po", "pods"), Map.entry("no", "nodes"), Map.entry("crd", "customresourcedefinitions"),
      Map.entry("cm", "configmaps"), Map.entry("sa", "serviceaccounts"), Map.entry("quota", "resourcequotas"),
      Map.entry("sc", "storageclasses"), Map.entry("csr", "certificatesigningrequests"), Map.entry("ing", "ingresses"));

  private final KubernetesClient client;
  private final Clock clock;
  private final MetadataClient metadata;
  private final List<HasMetadata> objects = new ArrayList<>();
  private final List<String> unread = new ArrayList<>();
  private Discovery discovery;

  /** For one question. */
  public Gatherer(KubernetesClient client, Clock clock) {
    this.client = client;
    this.clock = clock;
    this.metadata = new MetadataClient(client);
  }

  /** A kind of object by any of its names: {@code deployment}, {@code deployments.apps}, {@code deploy}; empty when there is none. */
  public Optional<ResourceType> kind(String word) {
    String wanted = SHORT.getOrDefault(word.toLowerCase(Locale.ROOT), word.toLowerCase(Locale.ROOT));
    return discovery().preferred().stream().filter(type -> type.serves("get")).filter(type -> wanted.equals(type.plural())
        || wanted.equals(type.kind().toLowerCase(Locale.ROOT)) || wanted.equals(type.plural() + "." + type.group())
        || wanted.equals(type.kind().toLowerCase(Locale.ROOT) + "." + type.group())).findFirst();
  }

  private Discovery discovery() {
    if (discovery == null) {
      discovery = Discovery.of(metadata);
    }
    return discovery;
  }

  /** One object; empty when there is none. */
  public Optional<HasMetadata> object(ResourceType type, String namespace, String name) {
    try {
      String text = client.raw(type.path(namespace, name));
      return text == null ? Optional.empty() : Optional.of((HasMetadata) Objects.parse(text, KubernetesResource.class));
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Everything that may matter for an object. */
  public Facts facts(HasMetadata object) {
    objects.add(object);
    String namespace = object.getMetadata().getNamespace();
    related(object, namespace);
    if (namespace != null) {
      list(ResourceQuota.class, namespace, Map.of());
      list(PodDisruptionBudget.class, namespace, Map.of());
    }
    list(Event.class, namespace == null ? "default" : namespace, Map.of());
    volumes(namespace);
    if (read(Pod.class).stream().anyMatch(pod -> Pods.isAssigned(pod) && !Pods.isReady(pod) && !Pods.isFinished(pod))) {
      list(Node.class, null, Map.of());
    }
    if (read(Pod.class).stream().anyMatch(pod -> !Pods.isAssigned(pod) && !Pods.isFinished(pod))) {
      explanations(namespace);
    }
    if (Objects.isTerminating(object)) {
      content(object);
    }
    return new Facts(objects, clock.now(), unread);
  }

  private void related(HasMetadata object, String namespace) {
    switch (object) {
      case Deployment deployment -> {
        list(ReplicaSet.class, namespace, Map.of());
        list(Pod.class, namespace, selected(deployment.getSpec().getSelector().getMatchLabels()));
      }
      case Service service -> service(service);
      case CronJob cron -> {
        list(Job.class, namespace, Map.of());
        list(Pod.class, namespace, Map.of());
      }
      case HorizontalPodAutoscaler autoscaler -> {
        var target = autoscaler.getSpec().getScaleTargetRef();
        add(target.getApiVersion(), target.getKind(), namespace, target.getName());
      }
      case Namespace space -> list(Pod.class, space.getMetadata().getName(), Map.of());
      case io.fabric8.kubernetes.api.model.Endpoints endpoints -> {
        list(Pod.class, namespace, Map.of());
        list(EndpointSlice.class, namespace, Map.of());
        add("v1", "Service", namespace, endpoints.getMetadata().getName());
      }
      default -> {
        if (namespace != null && !(object instanceof Pod)) {
          list(Pod.class, namespace, Map.of());
        }
        owners(object, namespace);
      }
    }
  }

  private void service(Service service) {
    String namespace = service.getMetadata().getNamespace();
    if (!Objects.orEmpty(service.getSpec().getSelector()).isEmpty()) {
      list(Pod.class, namespace, service.getSpec().getSelector());
    }
    list(EndpointSlice.class, namespace, Map.of("kubernetes.io/service-name", service.getMetadata().getName()));
  }

  private static Map<String, String> selected(Map<String, String> labels) {
    return labels == null ? Map.of() : labels;
  }

  private void owners(HasMetadata object, String namespace) {
    for (OwnerReference owner : Objects.orEmpty(object.getMetadata().getOwnerReferences())) {
      add(owner.getApiVersion(), owner.getKind(), namespace, owner.getName());
    }
  }

  private void add(String apiVersion, String kind, String namespace, String name) {
    discovery().kind(apiVersion, kind).flatMap(type -> object(type, namespace, name)).ifPresent(objects::add);
  }

  /** Claims where pods or the object itself may wait for them; volumes and classes where a claim does. */
  private void volumes(String namespace) {
    boolean used = read(Pod.class).stream().filter(pod -> !Pods.isReady(pod)).anyMatch(pod -> Objects.orEmpty(pod.getSpec().getVolumes())
        .stream().anyMatch(volume -> volume.getPersistentVolumeClaim() != null || volume.getEphemeral() != null));
    if (used && namespace != null) {
      list(PersistentVolumeClaim.class, namespace, Map.of());
    }
    if (read(PersistentVolumeClaim.class).stream().anyMatch(claim -> claim.getStatus() == null
        || !"Bound".equals(claim.getStatus().getPhase()))) {
      list(PersistentVolume.class, null, Map.of());
      list(StorageClass.class, null, Map.of());
    }
  }

  private void explanations(String namespace) {
    if (namespace != null && discovery().kind("scheduling.kubrig.io/v1alpha1", "SchedulingExplanation").isPresent()) {
      attempt("schedulingexplanations", () -> objects.addAll(client.genericKubernetesResources("scheduling.kubrig.io/v1alpha1",
          "SchedulingExplanation").inNamespace(namespace).list().getItems()));
    }
  }

  /** By metadata: all that a namespace contains, or all that may have an object as its owner. */
  private void content(HasMetadata object) {
    boolean space = object instanceof Namespace;
    boolean waits = Objects.orEmpty(object.getMetadata().getFinalizers()).stream()
        .anyMatch(finalizer -> finalizer.equals("foregroundDeletion") || finalizer.equals("orphan"));
    if (!space && !waits) {
      return;
    }
    String namespace = space ? object.getMetadata().getName() : object.getMetadata().getNamespace();
    for (ResourceType type : discovery().preferred()) {
      if (type.serves("list", "delete") && (type.namespaced() || namespace == null)) {
        attempt(type.plural(), () -> metadata.list(type, namespace == null ? "" : namespace).items()
            .forEach(item -> objects.add(partial(type, item))));
      }
    }
  }

  private static HasMetadata partial(ResourceType type, ObjectMeta item) {
    GenericKubernetesResource object = new GenericKubernetesResource();
    object.setApiVersion(type.apiVersion());
    object.setKind(type.kind());
    object.setMetadata(item);
    return object;
  }

  private <T extends HasMetadata> List<T> read(Class<T> kind) {
    return objects.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  private <T extends HasMetadata> void list(Class<T> kind, String namespace, Map<String, String> labels) {
    attempt(HasMetadata.getPlural(kind), () -> {
      var all = client.<T, KubernetesResourceList<T>>resources(kind, null);
      List<T> found = (namespace == null ? all.inAnyNamespace() : all.inNamespace(namespace)).withLabels(labels).list().getItems();
      found.stream().filter(one -> objects.stream().noneMatch(there -> java.util.Objects.equals(uid(there), uid(one)))).toList()
          .forEach(objects::add);
    });
  }

  private static String uid(HasMetadata object) {
    return object.getMetadata().getUid();
  }

  private void attempt(String what, Runnable reading) {
    try {
      reading.run();
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_FORBIDDEN && e.getCode() != HttpURLConnection.HTTP_NOT_FOUND
          && e.getCode() != HttpURLConnection.HTTP_BAD_METHOD) {
        throw e;
      }
      unread.add(what + ": " + ApiErrors.message(e));
    }
  }
}
