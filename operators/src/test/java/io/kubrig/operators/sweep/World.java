package io.kubrig.operators.sweep;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ReplicationController;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.networking.v1.IPAddress;
import io.fabric8.kubernetes.api.model.networking.v1.ServiceCIDR;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaimTemplate;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceSlice;
import io.fabric8.kubernetes.api.model.storage.CSIDriver;
import io.fabric8.kubernetes.api.model.storage.CSINode;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import io.fabric8.kubernetes.api.model.storage.VolumeAttachment;
import io.fabric8.kubernetes.api.model.storage.VolumeAttributesClass;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kubrig.machinery.clock.VirtualClock;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.Caches;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.engine.Outcome;
import io.kubrig.operators.engine.Queue;
import io.kubrig.operators.engine.SettledController;
import io.kubrig.operators.events.EventRecorder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** One story, told by chance. The same seed tells the same story, but for the order of requests that a controller makes side by side. */
final class World {
  static final List<Class<?
      extends HasMetadata>> KINDS = List.of(Pod.class, ReplicaSet.class, Deployment.class, StatefulSet.class, DaemonSet.class,
      Job.class, ControllerRevision.class, PersistentVolumeClaim.class, Node.class, CronJob.class, Service.class, Endpoints.class,
      EndpointSlice.class, PodDisruptionBudget.class, Namespace.class, ServiceAccount.class, Lease.class, PersistentVolume.class,
      StorageClass.class, ResourceClaim.class, ResourceClaimTemplate.class, ClusterRole.class, Secret.class, ConfigMap.class,
      VolumeAttachment.class, CSINode.class, CSIDriver.class, VolumeAttributesClass.class, ServiceCIDR.class, IPAddress.class,
      CertificateSigningRequest.class, ReplicationController.class, ResourceQuota.class, ResourceSlice.class);
  private static final int ROUNDS = 2000;

  /** So often a controller works before pods go on and time passes: it may wait for just that. */
  private static final int BURST = 100;

  /** Rounds of twenty seconds in which nothing happens: longer than whatever a controller waits for without a timer. */
  private static final int QUIET = 5;

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Story story;
  private final RandomGenerator random;
  private final double faultRate;
  private final VirtualClock clock = new VirtualClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final MemoryServer server = new MemoryServer(clock);
  private final Map<String, EventRecorder> recorders = new HashMap<>();
  private List<Runner> runners = List.of();
  private MemoryClient client;
  private Faults faults;
  private long reconciles;
  private long lives;

  World(Story story, long seed, double faultRate) {
    this.story = story;
    this.random = new SplittableRandom(seed);
    this.faultRate = faultRate;
    story.sight(kind -> client == null ? 0 : client.seen(kind));
    story.begin(server);
    if (Boolean.getBoolean("sweep.trace")) {
      server.witness(World::trace);
    }
    server.witness(change -> story.saw(server, change));
  }

  private static void trace(MemoryServer.Change change) {
    HasMetadata object = change.after() == null ? change.before() : change.after();
    String how = change.before() == null ? "made" : change.after() == null ? "gone" : Objects.isTerminating(object) ? "ending" : "changed";
    Object state = object instanceof Pod pod ? pod.getStatus().getPhase() + " " + Objects.labels(pod).get("controller-revision-hash") : "";
    System.out.printf("%d %s %s %s %s%n", change.revision(), object.getKind(), object.getMetadata().getName(), how, state);
  }

  /** Figures of a told story. */
  record Told(long reconciles, long lives) {}

  /** Tells the story: first with disturbance, then without until nothing happens any more. */
  Told tell(int steps) throws InterruptedException {
    try {
      live(faultRate);
      for (int i = 0; i < steps; i++) {
        step();
      }
      live(0);
      story.calm();
      settle();
      quiet();
      story.settled(server, clock.now());
      return new Told(reconciles, lives);
    } finally {
      recorders.values().forEach(EventRecorder::close);
      runners.forEach(runner -> runner.controller.stopped());
    }
  }

  /** A new life of the manager: nothing is remembered. */
  private void live(double rate) throws InterruptedException {
    lives++;
    faults = new Faults(random.nextLong(), rate);
    MemoryClient former = client;
    client = new MemoryClient(server, faults, story, clock.activity());
    Caches caches = new Caches(client);
    List<Runner> born = new ArrayList<>();
    for (var factory : story.controllers()) {
      Api api = new Api(client.dressed(), caches);
      ControllerContext context = new ControllerContext(api, caches, clock, new SplittableRandom(random.nextLong()),
          name -> recorders.computeIfAbsent(name, n -> new EventRecorder(n, api, clock)), story.options(), new SimpleMeterRegistry());
      born.add(new Runner(new SettledController(factory.apply(context), api)));
    }
    runners.forEach(runner -> runner.controller.stopped());
    if (former != null) {
      former.close();
    }
    runners = born;
    caches.start();
    runners.forEach(runner -> runner.controller.started());
    rest();
  }

  /** Waits for the threads that watch. */
  private void rest() throws InterruptedException {
    if (story.watches()) {
      quiet();
    }
  }

  private void quiet() throws InterruptedException {
    if (!clock.tally().awaitIdle(PATIENCE)) {
      throw new AssertionError("still going on: " + clock.tally().open());
    }
  }

  private void step() throws InterruptedException {
    switch (random.nextInt(20)) {
      case 0 -> story.act(server, random, clock.now());
      case 1 -> pass(Duration.ofMillis(random.nextInt((int) story.pace().toMillis())));
      case 2 -> {
        List<Lagging> informers = client.informers();
        if (!informers.isEmpty()) {
          choose(informers).relist();
        }
      }
      case 3, 4, 5, 6 -> kubelet();
      case 7, 8, 9, 10, 11, 12 -> client.informers().stream().filter(Lagging::lags).skip(random.nextInt(3)).findFirst()
          .ifPresent(Lagging::step);
      default -> {
        Runner runner = choose(runners);
        runner.repeat();
        run(runner);
      }
    }
    rest();
  }

  private void pass(Duration time) throws InterruptedException {
    Instant end = clock.now().plus(time);
    while (clock.advanceToNext(end)) {
      rest();
    }
    story.tick(server, clock.now());
  }

  private <E> E choose(List<E> some) {
    return some.get(random.nextInt(some.size()));
  }

  private void run(Runner runner) throws InterruptedException {
    if (runner.run()) {
      reconciles++;
    }
    if (faults.dead()) {
      live(faultRate);
    }
  }

  /** One pod takes its next step in life. */
  private void kubelet() {
    List<Pod> pods = server.list(Pod.class);
    if (!pods.isEmpty()) {
      advance(choose(pods));
    }
  }

  private boolean advance(Pod pod) {
    String phase = pod.getStatus().getPhase();
    boolean ended = phase.equals("Succeeded") || phase.equals("Failed");
    if (Objects.isTerminating(pod)) {
      boolean held = ended && !Objects.orEmpty(pod.getMetadata().getFinalizers()).isEmpty();
      if (!held) {
        Pod last = ended || Objects.orEmpty(pod.getMetadata().getFinalizers()).isEmpty() ? pod
            : server.update(phase(pod, "Failed", false), true);
        server.delete(last, Map.of(), true);
      }
      return !held;
    }
    if (phase.equals("Pending")) {
      Pod bound = pod.getSpec().getNodeName() != null ? pod
          : server.update(MemoryServer.edit(pod, tree -> tree.withObjectProperty("spec").put("nodeName", node(pod))), false);
      server.update(phase(bound, "Running", true), true);
      return true;
    }
    if (phase.equals("Running") && story.podsEnd()) {
      server.update(phase(pod, "Succeeded", false), true);
      return true;
    }
    return false;
  }

  /** The node that a daemon's pod asks for, or any. */
  private static String node(Pod pod) {
    return pod.getSpec().getAffinity() == null ? "node-0"
        : pod.getSpec().getAffinity().getNodeAffinity().getRequiredDuringSchedulingIgnoredDuringExecution().getNodeSelectorTerms()
            .getFirst()
            .getMatchFields().getFirst().getValues().getFirst();
  }

  private Pod phase(Pod pod, String phase, boolean ready) {
    return MemoryServer.edit(pod, tree -> {
      var status = tree.withObjectProperty("status").put("phase", phase);
      if (ready) {
        status.put("startTime", Objects.time(clock.now()));
        String address = "10.0.0." + pod.getMetadata().getUid().substring("uid-".length());
        status.put("podIP", address).putArray("podIPs").addObject().put("ip", address);
      }
      status.putArray("conditions").addObject().put("type", "Ready").put("status", ready ? "True" : "False")
          .put("lastTransitionTime", Objects.time(clock.now()));
    });
  }

  /** Undisturbed: caches catch up, pods go on, controllers work, time passes; until a whole round changes nothing. */
  private void settle() throws InterruptedException {
    int quiet = 0;
    for (int round = 0; quiet < QUIET; round++) {
      if (round > ROUNDS) {
        throw new AssertionError("does not settle");
      }
      long before = server.revision();
      server.list(Pod.class).forEach(this::advance);
      client.informers().forEach(Lagging::catchUp);
      for (Runner runner : runners) {
        for (int i = 0; i < BURST && runner.run(); i++) {
          reconciles++;
          rest();
          client.informers().forEach(Lagging::catchUp);
        }
      }
      quiet = server.revision() == before ? quiet + 1 : 0;
      pass(story.pace());
    }
  }

  /** A controller with its queue; back-off is left to chance. */
  private final class Runner implements Queue {
    private final Controller controller;
    private final Set<Key> keys = new LinkedHashSet<>();
    private final Set<Key> known = new LinkedHashSet<>();

    Runner(Controller controller) {
      this.controller = controller;
      controller.watch(this);
    }

    @Override
    public synchronized void add(Key key) {
      keys.add(key);
      known.add(key);
    }

    @Override
    public void addAfter(Key key, Duration delay) {
      clock.after(delay, () -> add(key));
    }

    /** A key that was put once may come again at any time, whether anything happened or not. */
    synchronized void repeat() {
      if (!known.isEmpty()) {
        keys.add(choose(ordered(known)));
      }
    }

    /** Threads that watch add keys in no order. */
    private List<Key> ordered(Set<Key> some) {
      return story.watches() ? some.stream().sorted().toList() : List.copyOf(some);
    }

    private synchronized Optional<Key> next() {
      if (keys.isEmpty()) {
        return Optional.empty();
      }
      Key key = choose(ordered(keys));
      keys.remove(key);
      return Optional.of(key);
    }

    boolean run() throws InterruptedException {
      Optional<Key> next = next();
      if (next.isEmpty()) {
        return false;
      }
      Key key = next.get();
      try {
        switch (controller.reconcile(key)) {
          case Outcome.Done done -> { }
          case Outcome.After after -> addAfter(key, after.delay());
          case Outcome.Retry retry -> add(key);
        }
      } catch (KubernetesClientException e) {
        add(key); // refused by chance
      } catch (Faults.Crash e) {
        return true;
      } catch (RuntimeException e) {
        if (!faults.dead() && !story.isAbsurd(key)) {
          if (faultRate == 0 || !(e instanceof io.kubrig.operators.ownership.Claims.OwnerGone)) {
            throw e;
          }
          add(key);
        }
      }
      return true;
    }
  }
}
