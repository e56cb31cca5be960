package io.kubrig.operators.resourcequota;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.quantity.Quantity;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.engine.Outcome;
import io.kubrig.operators.engine.Queue;
import io.kubrig.operators.metadata.MetadataClient;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;

/** Keeps the status of quotas. Keys are quotas. */
public final class ResourceQuotaController implements Controller {
  private static final Duration SOON = Duration.ofMillis(200);

  private final Api api;
  private final Clock clock;
  private final Cached<ResourceQuota> quotas;
  private final Cached<Pod> pods;
  private final Cached<Service> services;
  private final Cached<PersistentVolumeClaim> claims;
  private final Cached<ResourceClaim> devices;
  private final Counts counts;
  private final Duration resync;
  private volatile Queue work; // set by watch, before anything runs

  /** A controller in a manager. */
  public ResourceQuotaController(ControllerContext context) {
    this.api = context.api();
    this.clock = context.clock();
    this.quotas = context.caches().of(ResourceQuota.class);
    this.pods = context.caches().of(Pod.class);
    this.services = context.caches().of(Service.class);
    this.claims = context.caches().of(PersistentVolumeClaim.class);
    this.devices = context.caches().of(ResourceClaim.class);
    this.resync = context.options().duration("resource-quota-sync-period");
    this.counts = new Counts(new MetadataClient(api.client()), clock, (type, before, after) -> {
      if (after == null) {
        wake(before.getNamespace());
      }
    });
  }

  @Override
  public void watch(Queue queue) {
    work = queue;
    quotas.watch(added -> queue.add(Key.of(added)), (before, after) -> {
      if (!java.util.Objects.equals(before.getSpec(), after.getSpec())) {
        queue.add(Key.of(after));
      }
    }, gone -> { });
    givesBack(pods, (before, after) -> PodUsage.hasEnded(after, clock.now()) && !PodUsage.hasEnded(before, clock.now())
        || !java.util.Objects.equals(before.getSpec().getContainers(), after.getSpec().getContainers()));
    givesBack(services, (before, after) -> !ServiceUsage.of(before).equals(ServiceUsage.of(after)));
    givesBack(devices, (before, after) -> !DeviceUsage.of(before).equals(DeviceUsage.of(after)));
    givesBack(claims, (before, after) -> !ClaimUsage.of(before).equals(ClaimUsage.of(after)));
  }

  /** Whether a change of an object may have given something back. */
  private interface Change<T> {
    boolean matters(T before, T after);
  }

  private <T extends HasMetadata> void givesBack(Cached<T> objects, Change<T> change) {
    objects.watch(added -> { }, (before, after) -> {
      if (change.matters(before, after)) {
        wake(after.getMetadata().getNamespace());
      }
    }, gone -> wake(gone.getMetadata().getNamespace()));
  }

  private void wake(String namespace) {
    quotas.inNamespace(namespace).forEach(quota -> work.add(Key.of(quota)));
  }

  @Override
  public void stopped() {
    counts.close();
  }

  @Override
  public Outcome reconcile(Key key) {
    Optional<ResourceQuota> quota = quotas.get(key);
    if (quota.isEmpty()) {
      return Outcome.DONE;
    }
    Optional<Map<String, Quantity>> used = used(quota.get());
    if (used.isEmpty()) {
      return Outcome.after(SOON, "the first count of all objects");
    }
    Map<String, io.fabric8.kubernetes.api.model.Quantity> hard = Objects.orEmpty(quota.get().getSpec().getHard());
    if (!isRight(quota.get(), hard, used.get())) {
      Map<String, io.fabric8.kubernetes.api.model.Quantity> written = new TreeMap<>();
      used.get().forEach((name, amount) -> written.put(name, new io.fabric8.kubernetes.api.model.Quantity(amount.toString())));
      api.updateStatus(new ResourceQuotaBuilder(Objects.copy(quota.get())).withNewStatus().withHard(hard).withUsed(written).endStatus()
          .build());
    }
    return resync.isPositive() ? Outcome.after(resync, "the next full count") : Outcome.DONE;
  }

  private static boolean isRight(ResourceQuota quota, Map<String, io.fabric8.kubernetes.api.model.Quantity> hard,
      Map<String, Quantity> used) {
    if (quota.getStatus() == null || quota.getStatus().getUsed() == null && !used.isEmpty() || quota.getStatus().getHard() == null) {
      return false;
    }
    return amounts(quota.getStatus().getHard()).equals(amounts(hard)) && amounts(Objects.orEmpty(quota.getStatus().getUsed())).equals(used);
  }

  private static Map<String, Quantity> amounts(Map<String, io.fabric8.kubernetes.api.model.Quantity> amounts) {
    Map<String, Quantity> all = new HashMap<>();
    amounts.forEach((name, amount) -> all.put(name, Usage.of(amount)));
    return all;
  }

  /** What is used of each thing the quota names; empty while something is not known yet. */
  private Optional<Map<String, Quantity>> used(ResourceQuota quota) {
    String namespace = quota.getMetadata().getNamespace();
    Scopes scopes = Scopes.of(quota.getSpec());
    Map<String, Quantity> used = new HashMap<>();
    Predicate<Object> all = object -> scopes.isEmpty();
    Map<String, Quantity> ofPods = sum(pods, namespace, scopes::matches, pod -> PodUsage.of(pod, clock.now()));
    Map<String, Quantity> ofServices = sum(services, namespace, all::test, ServiceUsage::of);
    Map<String, Quantity> ofClaims = sum(claims, namespace, all::test, ClaimUsage::of);
    Map<String, Quantity> ofDevices = sum(devices, namespace, all::test, DeviceUsage::of);
    for (String name : Objects.orEmpty(quota.getSpec().getHard()).keySet()) {
      Optional<String> counted = Counts.resource(name).filter(counts::has);
      if (PodUsage.covers(name)) {
        used.put(name, ofPods.getOrDefault(name, Quantity.ZERO));
      } else if (ServiceUsage.covers(name)) {
        used.put(name, ofServices.getOrDefault(name, Quantity.ZERO));
      } else if (ClaimUsage.covers(name)) {
        used.put(name, ofClaims.getOrDefault(name, Quantity.ZERO));
      } else if (DeviceUsage.covers(name)) {
        used.put(name, ofDevices.getOrDefault(name, Quantity.ZERO));
      } else if (counted.isPresent()) {
        OptionalInt count = scopes.isEmpty() ? counts.of(counted.get(), namespace) : OptionalInt.of(0);
        if (count.isEmpty()) {
          return Optional.empty();
        }
        used.put(name, Quantity.of(count.getAsInt()));
      }
    }
    return Optional.of(used);
  }

  private static <T extends HasMetadata> Map<String, Quantity> sum(
      Cached<T> objects, String namespace, Predicate<T> counted, Function<T, Map<String, Quantity>> usage) {
    return Usage.sum(objects.inNamespace(namespace).stream().filter(counted).map(usage).toList());
  }
}
