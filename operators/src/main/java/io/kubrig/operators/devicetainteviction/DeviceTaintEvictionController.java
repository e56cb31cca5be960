package io.kubrig.operators.devicetainteviction;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaimConsumerReference;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceSlice;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.ApiErrors;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.engine.Outcome;
import io.kubrig.operators.engine.Queue;
import io.kubrig.operators.events.EventRecorder;
import io.kubrig.operators.metadata.MetadataClient;
import io.kubrig.operators.pods.Pods;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Deletes pods that use tainted devices. Keys are claims, and what is to be done about the rules. */
public final class DeviceTaintEvictionController implements Controller {
  private static final Key BEGIN = new Key("rules", "begin");
  private static final Key CHANGED = new Key("rules", "changed");
  private static final Key RULES = new Key("rules", "report");

  private final Api api;
  private final Clock clock;
  private final EventRecorder events;
  private final Cached<ResourceClaim> claims;
  private final Cached<ResourceSlice> slices;
  private final Cached<Pod> pods;
  private final TaintRules rules;
  private final boolean ruled;
  private final Map<String, Set<String>> evicted = new ConcurrentHashMap<>(); // pods that were evicted, by rule
  private volatile Queue queue; // set by watch, before anything runs
  private final Set<Key> waiting = ConcurrentHashMap.newKeySet(); // claims whose pods were to go

  /** A controller in a manager. */
  public DeviceTaintEvictionController(ControllerContext context) {
    this.api = context.api();
    this.clock = context.clock();
    this.events = context.events("device-taint-eviction-controller");
    this.claims = context.caches().of(ResourceClaim.class);
    this.slices = context.caches().of(ResourceSlice.class);
    this.pods = context.caches().of(Pod.class);
    this.rules = new TaintRules(new MetadataClient(api.client()), clock);
    this.ruled = context.options().feature("DRADeviceTaintRules", false);
  }

  @Override
  public void watch(Queue queue) {
    this.queue = queue;
    pods.watch(added -> { }, (before, after) -> { }, gone -> {
      if (!rules.known().isEmpty()) {
        queue.add(RULES);
      }
    });
    claims.onChange(claim -> queue.add(Key.of(claim)));
    slices.onChange(slice -> claims.list().stream().filter(claim -> uses(claim, slice)).forEach(claim -> queue.add(Key.of(claim))));
  }

  @Override
  public void started() {
    if (ruled) {
      queue.add(BEGIN);
    }
  }

  @Override
  public void stopped() {
    rules.close();
  }

  private static boolean uses(ResourceClaim claim, ResourceSlice slice) {
    return claim.getStatus() != null && claim.getStatus().getAllocation() != null && claim.getStatus().getAllocation().getDevices() != null
        && Objects.orEmpty(claim.getStatus().getAllocation().getDevices().getResults()).stream()
            .anyMatch(result -> result.getDriver().equals(slice.getSpec().getDriver()));
  }

  @Override
  public Outcome reconcile(Key key) {
    if (key.equals(BEGIN)) {
      rules.begin(() -> queue.add(CHANGED));
      return Outcome.DONE;
    }
    if (key.equals(CHANGED)) {
      rules.refresh();
      claims.list().forEach(claim -> queue.add(Key.of(claim)));
      return Outcome.DONE;
    }
    if (key.equals(RULES)) {
      rules.known().forEach(this::report);
      return Outcome.DONE;
    }
    Optional<ResourceClaim> claim = claims.get(key);
    Instant now = clock.now();
    Optional<Instant> end = claim.flatMap(c -> DeviceTaints.eviction(c, slices.list(), rules.known(), now));
    if (end.isEmpty()) {
      if (waiting.remove(key)) {
        claim.ifPresent(c -> users(c).forEach(pod -> events.normal(pod, "DeviceTaintManagerEviction", "Cancelling deletion")));
      }
      return Outcome.DONE;
    }
    if (end.get().isAfter(now)) {
      waiting.add(key);
      return Outcome.after(Duration.between(now, end.get()));
    }
    waiting.remove(key);
    for (Pod pod : users(claim.get())) {
      evict(pod);
      rules.known().stream().filter(rule -> isRuled(claim.get(), rule))
          .forEach(rule -> evicted.computeIfAbsent(rule.name(), name -> ConcurrentHashMap.newKeySet()).add(pod.getMetadata().getUid()));
    }
    if (!rules.known().isEmpty()) {
      queue.add(RULES);
    }
    return Outcome.DONE;
  }

  /** Whether a rule alone is a reason for the claim's users to go some time. */
  private boolean isRuled(ResourceClaim claim, TaintRules.Rule rule) {
    return DeviceTaints.eviction(claim, List.of(), List.of(rule), clock.now()).isPresent();
  }

  private void report(TaintRules.Rule rule) {
    Set<String> gone = evicted.getOrDefault(rule.name(), Set.of());
    long pending = claims.list().stream().filter(claim -> isRuled(claim, rule))
        .flatMap(claim -> Objects.orEmpty(claim.getStatus().getReservedFor()).stream().map(consumer -> pods.get(
            claim.getMetadata().getNamespace(), consumer.getName()).filter(pod -> consumer.getUid().equals(pod.getMetadata().getUid()))))
        .filter(Optional::isPresent).distinct().count();
    rules.report(rule, (int) pending, gone.size());
  }

  private List<Pod> users(ResourceClaim claim) {
    return Objects.orEmpty(claim.getStatus().getReservedFor()).stream().filter(consumer -> "pods".equals(consumer.getResource()))
        .flatMap(consumer -> user(claim, consumer).stream()).toList();
  }

  private Optional<Pod> user(ResourceClaim claim, ResourceClaimConsumerReference consumer) {
    return pods.get(claim.getMetadata().getNamespace(), consumer.getName())
        .filter(pod -> consumer.getUid().equals(pod.getMetadata().getUid()))
        .filter(pod -> Pods.isAssigned(pod) && !Objects.isTerminating(pod) && !Pods.isFinished(pod));
  }

  private void evict(Pod pod) {
    events.normal(pod, "DeviceTaintManagerEviction", "Marking for deletion");
    Map<String, String> condition = Map.of("type", "DisruptionTarget", "status", "True", "reason", "DeletionByDeviceTaintManager",
        "message", "Device Taint manager: deleting due to NoExecute taint", "lastTransitionTime", Objects.time(clock.now()));
    try {
      api.patch(pod, "status", PatchType.STRATEGIC_MERGE, Map.of("metadata", Map.of("uid", pod.getMetadata().getUid()),
          "status", Map.of("conditions", List.of(condition))));
      api.delete(pod, Api.Deletion.ofUid(pod.getMetadata().getUid()));
    } catch (RuntimeException e) {
      if (!ApiErrors.isNotFound(e)) {
        throw e;
      }
    }
  }
}
