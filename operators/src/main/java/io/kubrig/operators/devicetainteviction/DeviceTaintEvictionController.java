package io.kubrig.operators.devicetainteviction;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
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
import io.kubrig.operators.resourceclaim.PodClaims;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Deletes pods that use tainted devices. Keys are pods, rules, and what is to be done about all rules. */
public final class DeviceTaintEvictionController implements Controller {
  private static final String RULE = "rule:"; // no namespace is called so
  private static final Key BEGIN = new Key("rules:", "begin");
  private static final Key CHANGED = new Key("rules:", "changed");

  /** A rule's status is written no more often than this. */
  private static final Duration REPORTS = Duration.ofSeconds(10);

  private final Api api;
  private final Clock clock;
  private final EventRecorder events;
  private final Cached<ResourceClaim> claims;
  private final Cached<ResourceSlice> slices;
  private final Cached<Pod> pods;
  private final TaintRules rules;
  private final boolean ruled;
  private final Map<String, Set<String>> evicted = new ConcurrentHashMap<>(); // uids of pods that were evicted, by the rule's uid
  private final Set<String> waiting = ConcurrentHashMap.newKeySet(); // uids of pods that were to go
  private volatile Queue queue; // set by watch, before anything runs

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
  public void watch(Queue work) {
    queue = work;
    pods.watch(this::judge, (before, after) -> {
      boolean moved = !java.util.Objects.equals(before.getSpec().getNodeName(), after.getSpec().getNodeName());
      boolean claimed = !java.util.Objects.equals(statuses(before), statuses(after));
      if (moved || claimed) {
        judge(after);
      }
    }, gone -> waiting.remove(gone.getMetadata().getUid()));
    claims.watch(this::judgeUsers, (before, after) -> {
      judgeUsers(before);
      judgeUsers(after);
    }, this::judgeUsers);
    slices.onChange(slice -> claims.list().stream().filter(claim -> uses(claim, slice)).forEach(this::judgeUsers));
  }

  private static Object statuses(Pod pod) {
    return pod.getStatus() == null ? List.of() : Objects.orEmpty(pod.getStatus().getResourceClaimStatuses());
  }

  private void judge(Pod pod) {
    if (!PodClaims.entries(pod).isEmpty()) {
      queue.add(Key.of(pod));
    }
  }

  private void judgeUsers(ResourceClaim claim) {
    if (claim.getStatus() != null) {
      Objects.orEmpty(claim.getStatus().getReservedFor()).stream().filter(consumer -> "pods".equals(consumer.getResource()))
          .forEach(consumer -> queue.add(new Key(claim.getMetadata().getNamespace(), consumer.getName())));
    }
  }

  private static boolean uses(ResourceClaim claim, ResourceSlice slice) {
    return slice.getSpec() != null
        && DeviceTaints.devices(claim).stream().anyMatch(result -> result.getDriver().equals(slice.getSpec().getDriver()));
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

  @Override
  public Outcome reconcile(Key key) {
    if (key.equals(BEGIN)) {
      rules.begin(() -> queue.add(CHANGED));
      return Outcome.DONE;
    }
    if (key.equals(CHANGED)) {
      // the status of a new rule is written before any pod goes because of it
      rules.refresh().forEach(rule -> queue.add(new Key(RULE, rule.name())));
      Set<String> known = new HashSet<>();
      rules.known().forEach(rule -> known.add(rule.uid()));
      evicted.keySet().retainAll(known);
      claims.list().forEach(this::judgeUsers);
      return Outcome.DONE;
    }
    if (key.namespace().equals(RULE)) {
      return rules.find(key.name()).map(this::report).orElse(Outcome.DONE);
    }
    return pods.get(key).map(this::evict).orElse(Outcome.DONE);
  }

  private Outcome evict(Pod pod) {
    String uid = pod.getMetadata().getUid();
    Instant now = clock.now();
    Optional<DeviceTaints.Eviction> eviction = new DeviceTaints(slices.list(), rules.evicting()).of(pod, claims::get, now);
    if (eviction.isEmpty()) {
      if (waiting.remove(uid)) {
        events.normal(pod, "DeviceTaintManagerEviction", "Cancelling deletion");
      }
      return Outcome.DONE;
    }
    if (Objects.isTerminating(pod)) {
      waiting.remove(uid);
      return Outcome.DONE;
    }
    eviction.get().rules().forEach(rule -> queue.addAfter(new Key(RULE, rule), REPORTS));
    if (eviction.get().when().isAfter(now)) {
      waiting.add(uid);
      return Outcome.after(Duration.between(now, eviction.get().when()));
    }
    delete(pod);
    waiting.remove(uid);
    eviction.get().rules().forEach(name -> rules.find(name).ifPresent(rule ->
        evicted.computeIfAbsent(rule.uid(), of -> ConcurrentHashMap.newKeySet()).add(uid)));
    return Outcome.DONE;
  }

  private void delete(Pod pod) {
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

  private Outcome report(TaintRule rule) {
    Instant now = clock.now();
    Optional<Instant> last = RuleStatus.present(rule).filter(c -> c.path("observedGeneration").asLong() == rule.generation())
        .flatMap(c -> Objects.time(c.path("lastTransitionTime").asText()));
    if (last.filter(then -> then.plus(REPORTS).isAfter(now)).isPresent()) {
      return Outcome.after(Duration.between(now, last.get().plus(REPORTS)));
    }
    status(rule, now).condition(rule, now).ifPresent(condition -> rules.report(rule, condition));
    return Outcome.DONE;
  }

  private RuleStatus status(TaintRule rule, Instant now) {
    long gone = evicted.getOrDefault(rule.uid(), Set.of()).size();
    boolean trial = RuleStatus.isTrial(rule);
    if (!trial && !rule.evicts()) {
      return new RuleStatus(0, 0, 0, 0, gone);
    }
    DeviceTaints taints = new DeviceTaints(slices.list(), trial ? List.of(rule.evicting()) : rules.evicting());
    List<Pod> pending = pods.list().stream().filter(pod -> !Objects.isTerminating(pod) && Pods.isAssigned(pod))
        .filter(pod -> taints.of(pod, claims::get, now).filter(eviction -> eviction.rules().contains(rule.name())).isPresent()).toList();
    long allocated = claims.list().stream().flatMap(claim -> DeviceTaints.devices(claim).stream())
        .filter(device -> rule.selects(device.getDriver(), device.getPool(), device.getDevice())).count();
    long namespaces = pending.stream().map(pod -> pod.getMetadata().getNamespace()).distinct().count();
    return new RuleStatus(pending.size(), namespaces, taints.published(rule), allocated, gone);
  }
}
