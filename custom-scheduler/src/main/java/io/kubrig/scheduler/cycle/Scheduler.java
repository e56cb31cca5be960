package io.kubrig.scheduler.cycle;

import io.kubrig.machinery.clock.Clock;
import io.kubrig.scheduler.api.ClusterApi;
import io.kubrig.scheduler.api.SerialWriter;
import io.kubrig.scheduler.config.ExtensionPoint;
import io.kubrig.scheduler.config.SchedulerConfiguration;
import io.kubrig.scheduler.config.SchedulerFeatures;
import io.kubrig.scheduler.events.EventRecorder;
import io.kubrig.scheduler.events.EventRecorder.Note;
import io.kubrig.scheduler.explain.KeptExplanations;
import io.kubrig.scheduler.extender.Extender;
import io.kubrig.scheduler.extender.ExtenderServer;
import io.kubrig.scheduler.extender.ExtenderService;
import io.kubrig.scheduler.framework.Code;
import io.kubrig.scheduler.framework.CycleState;
import io.kubrig.scheduler.framework.EventKind;
import io.kubrig.scheduler.framework.FitError;
import io.kubrig.scheduler.framework.PluginContext;
import io.kubrig.scheduler.framework.PluginFactory;
import io.kubrig.scheduler.framework.PostBindPlugin;
import io.kubrig.scheduler.framework.PostFilterPlugin;
import io.kubrig.scheduler.framework.PreBindPlugin;
import io.kubrig.scheduler.framework.Profile;
import io.kubrig.scheduler.framework.Status;
import io.kubrig.scheduler.metrics.SchedulerMetrics;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.plugins.defaultbinder.DefaultBinder;
import io.kubrig.scheduler.queue.QueuedPod;
import io.kubrig.scheduler.queue.SchedulingQueue;
import io.kubrig.scheduler.state.ClusterState;
import io.kubrig.scheduler.tracing.AttemptSpan;
import io.kubrig.scheduler.tracing.AttemptTracing;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The scheduler: takes one pod after the other from the queue, decides, and leaves binding, events and statuses to background threads.
 * Read {@link #scheduleOne} downwards.
 */
public final class Scheduler {
  private static final Logger LOG = LoggerFactory.getLogger(Scheduler.class);
  private static final int WRITES_AT_ONCE = 128;

  /** What a scheduler is made of. */
  public record Parts(
      ClusterApi api,
      Clock clock,
      RandomGenerator random,
      Map<String, PluginFactory> registry,
      List<Extender> extenders,
      ScoreListener scores,
      SchedulerMetrics metrics,
      String hostName,
      AttemptTracing tracing) {

    /** Parts of a scheduler whose attempts nobody follows. */
    public Parts(ClusterApi api, Clock clock, RandomGenerator random, Map<String, PluginFactory> registry, List<Extender> extenders,
        ScoreListener scores, SchedulerMetrics metrics, String hostName) {
      this(api, clock, random, registry, extenders, scores, metrics, hostName, AttemptTracing.OFF);
    }
  }

  private final ClusterApi api;
  private final Clock clock;
  private final SchedulerMetrics metrics;
  private final EventLoop loop;
  private final ClusterState state = new ClusterState();
  private final Profiles profiles;
  private final SchedulingQueue queue;
  private final NodeFinder finder;
  private final SerialWriter writer;
  private final EventRecorder events;
  private final PodStatuses statuses;
  private final TurnedDown turnedDown;
  private final WaitingPods waiting;
  private final Overtaken overtaken = new Overtaken();
  private final Map<String, PreBinding> preBinding = new HashMap<>(); // by uid
  private final SchedulerFeatures features;
  private final GroupCycle groupCycle;
  private final GroupStatuses groupStatuses;
  private final AttemptTracing tracing;
  private final Knowledge knowledge;
  private final ClusterEvents clusterEvents;
  private final ClusterWatch watch;
  private KeptExplanations explanations; // null: none are kept
  private long tasksSeen; // by everySecond, itself included

  public Scheduler(SchedulerConfiguration configuration, Parts parts) {
    this.api = parts.api();
    this.watch = new ClusterWatch(api, parts.clock());
    this.clock = parts.clock();
    this.metrics = parts.metrics();
    this.tracing = parts.tracing();
    this.loop = new EventLoop(clock.activity());
    this.writer = new SerialWriter(WRITES_AT_ONCE, clock.activity(), parts.tracing()::carry);
    this.events = new EventRecorder(api, writer, clock, parts.hostName());
    this.statuses = new PodStatuses(api, writer, clock);
    this.turnedDown = new TurnedDown(api, writer, events, metrics, clock);
    PluginContext context = new PluginContext(state, api, writer, events, clock, parts.random(), parts.metrics(),
        new LoopDoor(loop, this::queue, this::waiting, preBinding));
    this.profiles = new Profiles(configuration, parts.registry(), context, parts.extenders());
    this.queue = new SchedulingQueue(profiles.all(), configuration.backoff(), clock, metrics);
    this.finder = new NodeFinder(state, configuration.percentageOfNodesToScore(), parts.random(), parts.scores(), metrics, clock::nanos);
    this.features = configuration.features();
    this.groupCycle = new GroupCycle(state, queue, clock::nanos, new GroupHands());
    this.groupStatuses = new GroupStatuses(state, api, writer, clock);
    this.waiting = new WaitingPods(clock, loop, this::startBinding, this::permitRejected, metrics);
    this.clusterEvents = new ClusterEvents(loop, state, queue, p -> profiles.has(p.schedulerName()), !parts.extenders().isEmpty(),
        new Placed());
    this.knowledge = new Knowledge(loop, state, queue, profiles, parts.extenders(), clusterEvents::others);
  }

  /**
   * From now on the plugins come from another registry. Pods that wait keep their place; attempts under way end with the plugins they
   * began with. Any thread may call it.
   *
   * @throws RuntimeException when no profiles can be made of them; then nothing has changed
   */
  public void reload(Map<String, PluginFactory> registry) throws InterruptedException {
    loop.ask(() -> {
      profiles.use(registry);
      finder.forget();
      queue.reload(profiles.all());
      return true;
    });
  }

  /** Watches the cluster and schedules until {@link #stop} or an interrupt. */
  public void run() throws InterruptedException {
    watch.begin(clusterEvents);
    Rounds seconds = new Rounds(clock, loop, Duration.ofSeconds(1), this::everySecond);
    Rounds halfMinutes = new Rounds(clock, loop, Duration.ofSeconds(30), queue::flushUnschedulable);
    try {
      loop.run(() -> {
        if (loop.tasks() != tasksSeen || queue.isBackingOff()) {
          seconds.ask();
        }
        if (queue.hasUnschedulable()) {
          halfMinutes.ask();
        }
        return scheduleOne();
      });
    } finally {
      seconds.cancel();
      halfMinutes.cancel();
      writer.stop();
      api.close();
    }
  }

  private void everySecond() {
    tasksSeen = loop.tasks();
    queue.flushBackoff();
    metrics.sizes(queue.sizes(), state.nodes().size(), state.podCount(), state.assumedCount());
    if (explanations != null) {
      explanations.explain(knowledge::explainNow);
    }
  }

  /** Ends {@link #run}. */
  public void stop() {
    loop.stop();
  }

  /** Keeps explanations of the last decisions in the API; to be called before {@link #run}. */
  public void keepExplanations(int limit) {
    explanations = new KeptExplanations(api, writer, clock, limit, () -> loop.post(() -> {}));
  }

  /** The thread that decides; tests and simulations drive it step by step. */
  public EventLoop loop() {
    return loop;
  }

  /** What hears of the cluster. */
  public ClusterApi.Listener listener() {
    return clusterEvents;
  }

  /** The state; only to be touched on the scheduling thread. */
  public ClusterState state() {
    return state;
  }

  /** The queue; only to be touched on the scheduling thread. */
  public SchedulingQueue queue() {
    return queue;
  }

  private WaitingPods waiting() {
    return waiting;
  }

  /** Whether all that was there when it began to watch the cluster is known; false before. */
  public boolean isSynced() {
    return watch.isSynced();
  }

  /** What this scheduler knows, for whoever asks. */
  public Knowledge knowledge() {
    return knowledge;
  }

  /** The first profile's plugins as an extender of another scheduler, on an address. */
  public ExtenderServer serveAsExtender(InetSocketAddress address) {
    return new ExtenderServer(address, loop::ask, new ExtenderService(profiles::first, state), api);
  }

  /** Tries the next pod; returns whether there was one. */
  public boolean scheduleOne() {
    Optional<QueuedPod> next = queue.pop();
    next.ifPresent(this::schedule);
    return next.isPresent();
  }

  private void schedule(QueuedPod queued) {
    if (skips(queued)) {
      return;
    }
    Profile profile = profiles.of(queued.pod().schedulerName());
    if (features.genericWorkload() && GroupCycle.concerns(queued.pod())) {
      scheduleGroup(queued, profile);
      return;
    }
    GroupCycle.Found found = find(queued, profile);
    if (found.node() != null) {
      place(new Attempt(queued, profile, found.cycle(), queued.pod().on(found.node()), found.startedNanos()));
    } else {
      fail(queued, profile, found.status(), found.nomination(), found.startedNanos());
    }
  }

  private void scheduleGroup(QueuedPod first, Profile profile) {
    long start = clock.nanos();
    groupCycle.run(first, profile).ifPresent(result -> {
      metrics.groupTried(profile.name(), result.outcome().name().toLowerCase(Locale.ROOT), result.algorithmNanos(), clock.nanos() - start);
      groupStatuses.write(first.pod(), result);
    });
  }

  /** Whether there is nothing to do for a pod any more. */
  private boolean skips(QueuedPod queued) {
    Pod pod = queued.pod();
    if (profiles.has(pod.schedulerName()) && !pod.isTerminating() && state.pod(pod.uid()).isEmpty()) {
      return false;
    }
    if (pod.isTerminating()) {
      events.record(pod, null, Note.warning("FailedScheduling", "Scheduling", "skip schedule deleting pod: " + pod.key()),
          pod.schedulerName());
    }
    queue.done(queued);
    return true;
  }

  private GroupCycle.Found find(QueuedPod queued, Profile profile) {
    long start = clock.nanos();
    CycleState cycle = new CycleState();
    AttemptSpan span = tracing.begin(queued.pod(), profile.name(), queued.attempts());
    cycle.followedBy(span);
    queued.followedBy(span);
    try (AttemptSpan.Work working = span.work()) {
      return find(queued, profile, cycle, start);
    }
  }

  private GroupCycle.Found find(QueuedPod queued, Profile profile, CycleState cycle, long start) {
    Decision decision = finder.find(profile, cycle, queued.pod());
    long end = clock.nanos();
    metrics.algorithm(end - start);
    if (end - start >= SlowSearch.NANOS) {
      SlowSearch.log(queued.pod(), clock.now(), start, finder.filteredNanos(), end, decision);
    }
    Optional<PostFilterPlugin.Nomination> none = Optional.of(PostFilterPlugin.Nomination.NONE);
    return switch (decision) {
      case Decision.Placed p -> new GroupCycle.Found(p.node(), cycle, Status.SUCCESS, Optional.empty(), start);
      case Decision.NoNodes n -> new GroupCycle.Found(null, cycle, Status.unresolvable("no nodes available to schedule pods"), none, start);
      case Decision.Failed f -> new GroupCycle.Found(null, cycle, f.status(), none, start);
      case Decision.NoFit n -> noFit(queued, profile, cycle, n.why(), start);
    };
  }

  private GroupCycle.Found noFit(QueuedPod queued, Profile profile, CycleState cycle, FitError why, long start) {
    Optional<PostFilterPlugin.Nomination> nomination = Optional.of(PostFilterPlugin.Nomination.NONE);
    if (profile.has(ExtensionPoint.POST_FILTER)) {
      Phases phases = phases(profile, queued.span());
      PostFilterPlugin.Result result = profile.postFilter(cycle, queued.pod(), why.statuses());
      phases.over(ExtensionPoint.POST_FILTER, result.status().code());
      why.setPostFilterMessage(result.status().message());
      nomination = result.nomination();
    }
    queued.rejectedBy(why.unschedulablePlugins(), why.pendingPlugins());
    return new GroupCycle.Found(null, cycle, Status.unschedulable(why.message()), nomination, start);
  }

  private Phases phases(Profile profile, AttemptSpan span) {
    return new Phases(metrics, clock::nanos, profile.name(), span);
  }

  /** Takes the chosen node for the pod: assume, reserve, permit; then on to binding. */
  private void place(Attempt a) {
    a.state().span().chose(a.node());
    try (AttemptSpan.Work working = a.state().span().work()) {
      reserve(a);
    }
  }

  private void reserve(Attempt a) {
    Phases phases = phases(a.profile(), a.state().span());
    Status taken = Reservation.take(state, a);
    phases.over(ExtensionPoint.RESERVE, taken.code());
    Reservation.Permission permission = new Reservation.Permission(taken, Map.of());
    if (taken.isSuccess()) {
      permission = Reservation.permit(a);
      phases.over(ExtensionPoint.PERMIT, permission.status().code());
    }
    if (permission.status().isSuccess()) {
      startBinding(a);
    } else if (permission.status().isWait()) {
      statuses.nominated(a.queued().pod(), a.node());
      waiting.add(a, permission.waits());
    } else {
      giveBack(a);
      failAtNode(a, permission.status());
    }
  }

  private void permitRejected(Attempt a, Status status) {
    giveBack(a);
    failAtNode(a, status);
  }

  private void startBinding(Attempt a) {
    queue.done(a.queued());
    if (!api.acts()) {
      awaitOther(a);
      return;
    }
    List<PreBindPlugin> preBinds = BindingCycle.preFlight(a);
    if (!preBinds.isEmpty()) {
      statuses.nominated(a.queued().pod(), a.node());
    }
    metrics.binding(1);
    overtaken.started(a);
    PreBinding way = new PreBinding();
    if (!preBinds.isEmpty()) {
      preBinding.put(a.pod().uid(), way);
    }
    writer.begin(a.pod().uid(), () -> {
      try (AttemptSpan.Work working = a.state().span().work()) {
        Status status = BindingCycle.run(a, preBinds, way, phases(a.profile(), a.state().span()), writer, overtaken);
        metrics.binding(-1);
        loop.post(() -> bound(a, status));
        if (status.isSuccess()) {
          events.recordHere(a.pod(), Note.normal("Scheduled", "Binding", "Successfully assigned " + a.pod().key() + " to " + a.node()),
              a.profile().name());
        }
      }
    });
  }

  /** As a shadow: the pod keeps what it holds until another scheduler has placed it. */
  private void awaitOther(Attempt a) {
    metrics.binding(1);
    writer.begin(a.pod().uid(), () -> {
      Status status = new DefaultBinder(api).bind(a.state(), a.pod(), a.node());
      metrics.binding(-1);
      loop.post(() -> {
        giveBack(a);
        if (status.isSuccess()) {
          queue.forget(a.queued());
          metrics.scheduled(a.profile().name(), a.queued(), clock.nanos() - a.startedNanos(), clock.now());
          a.state().span().end("scheduled", "");
        } else {
          failAtNode(a, status);
        }
      });
    });
  }

  private void bound(Attempt a, Status status) {
    overtaken.ended(a);
    preBinding.remove(a.pod().uid());
    if (!status.isSuccess()) {
      giveBack(a);
      failAtNode(a, status);
      return;
    }
    state.nominations().remove(a.pod());
    queue.forget(a.queued());
    turnedDown.bound(a.pod());
    decided(a.pod(), a.queued());
    Phases phases = phases(a.profile(), a.state().span());
    for (PostBindPlugin p : a.profile().at(ExtensionPoint.POST_BIND, PostBindPlugin.class)) {
      p.postBind(a.state(), a.pod(), a.node());
    }
    phases.over(ExtensionPoint.POST_BIND, Code.SUCCESS);
    metrics.scheduled(a.profile().name(), a.queued(), clock.nanos() - a.startedNanos(), clock.now());
    a.state().span().end("scheduled", "");
  }

  private void decided(Pod pod, QueuedPod queued) {
    if (explanations != null) {
      explanations.decided(pod, queued.attempts());
    }
  }

  /** Undoes what {@link #place} did. What the pod held is free again, which others may be waiting for. */
  private void giveBack(Attempt a) {
    if (Reservation.giveBack(state, a)) {
      queue.happened(EventKind.of(EventKind.Subject.ASSIGNED_POD, EventKind.Action.DELETE), a.pod(), null);
    }
  }

  /** A pod that had a node was turned down there. */
  private void failAtNode(Attempt a, Status status) {
    Status told = status;
    if (status.isRejected()) {
      FitError why = new FitError(1);
      why.statuses().put(a.node(), status);
      why.addPlugin(status);
      a.queued().rejectedBy(why.unschedulablePlugins(), why.pendingPlugins());
      told = new Status(status.code(), List.of(why.message()), status.plugin());
    }
    fail(a.queued(), a.profile(), told, Optional.of(PostFilterPlugin.Nomination.NONE), a.startedNanos());
  }

  /** Tells why the pod is not scheduled and puts it back. */
  private void fail(QueuedPod queued, Profile profile, Status status, Optional<PostFilterPlugin.Nomination> nomination, long start) {
    metrics.failed(profile.name(), status, clock.nanos() - start);
    try (AttemptSpan.Work working = queued.span().work()) {
      putBack(queued, profile, status, nomination);
    }
    queued.span().end(status.isRejected() ? "unschedulable" : "error", status.message());
  }

  private void putBack(QueuedPod queued, Profile profile, Status status, Optional<PostFilterPlugin.Nomination> nomination) {
    Pod pod = queue.pod(queued.pod().uid()).orElse(null);
    if (pod == null || state.pod(pod.uid()).isPresent()) {
      queue.done(queued);
      return;
    }
    String reason = status.isRejected() ? "Unschedulable" : "SchedulerError";
    String node = nomination.map(PostFilterPlugin.Nomination::node).orElse(null);
    if (node != null && !node.isEmpty()) {
      state.nominations().add(pod, node);
    } else if (node != null) {
      state.nominations().remove(pod);
    }
    LOG.debug("Pod {} is not scheduled: {}", pod.key(), status.message());
    decided(pod, queued);
    queue.putBack(queued);
    events.record(pod, null, Note.warning("FailedScheduling", "Scheduling", status.message()), profile.name());
    statuses.notScheduled(pod, reason, status.message(), node);
  }

  private final class GroupHands implements GroupCycle.Hands {
    @Override
    public GroupCycle.Found find(QueuedPod queued, Profile profile) {
      return Scheduler.this.find(queued, profile);
    }

    @Override
    public void place(Attempt attempt) {
      Scheduler.this.place(attempt);
    }

    @Override
    public void fail(QueuedPod queued, Profile profile, Status status, Optional<PostFilterPlugin.Nomination> nomination) {
      Scheduler.this.fail(queued, profile, status, nomination, clock.nanos());
    }

    @Override
    public boolean skips(QueuedPod queued) {
      return Scheduler.this.skips(queued);
    }
  }

  private final class Placed implements ClusterEvents.Placements {
    @Override
    public void placedByOthers(Pod pod) {
      state.node(pod.state().nodeName()).ifPresent(overtaken::arrived);
    }

    @Override
    public void left(Pod pod) {
      turnedDown.left(pod);
    }
  }
}
