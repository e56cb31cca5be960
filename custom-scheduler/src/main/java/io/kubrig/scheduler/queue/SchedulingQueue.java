package io.kubrig.scheduler.queue;

import io.kubrig.machinery.clock.Clock;
import io.kubrig.scheduler.config.ExtensionPoint;
import io.kubrig.scheduler.config.SchedulerConfiguration.Backoff;
import io.kubrig.scheduler.framework.EventKind;
import io.kubrig.scheduler.framework.PreEnqueuePlugin;
import io.kubrig.scheduler.framework.Profile;
import io.kubrig.scheduler.framework.QueueSortPlugin;
import io.kubrig.scheduler.framework.Status;
import io.kubrig.scheduler.metrics.SchedulerMetrics;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.queue.QueuedPod.Place;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The pods that wait to be scheduled. Belongs to the scheduling thread.
 *
 * <p>Invariants:
 * <ul>
 *   <li>a pod is in exactly one place: active, one of the back-off queues, unschedulable, gated, or in flight (being tried);
 *   <li>the active queue is ordered by the QueueSort plugin, a back-off queue by the end of the back-off in windows of a second and then
 *       like the active queue;
 *   <li>an unschedulable pod leaves when an event concerns a plugin that turned it down and its hint agrees, or after five minutes;
 *   <li>an event that arrives while a pod is in flight is judged when the pod comes back.
 * </ul>
 *
 * <p>Source: the scheduling queue of kube-scheduler 1.36 with SchedulerQueueingHints and SchedulerPopFromBackoffQ.
 */
public final class SchedulingQueue {
  private static final String RELOADED = "PluginsReloaded";
  private static final String ATTEMPT_FAILED = "ScheduleAttemptFailure";
  private static final Duration MAX_IN_UNSCHEDULABLE = Duration.ofMinutes(5);

  private final Clock clock;
  private final SchedulerMetrics metrics;
  private final Backoff backoff;
  private HintMap hints;
  private QueueSortPlugin sort;
  private final NavigableSet<QueuedPod> active;
  private final NavigableSet<QueuedPod> backingOff;
  private final NavigableSet<QueuedPod> errorBackoff;
  private final Set<QueuedPod> unschedulable = new LinkedHashSet<>();
  private final Set<QueuedPod> gated = new LinkedHashSet<>();
  /** Those of the gated pods that wait for events: scheduling gates are lifted by a change of the pod alone. */
  private final Set<QueuedPod> gatedByEvents = new LinkedHashSet<>();
  private final Map<String, QueuedPod> byUid = new HashMap<>();
  /** Events since a pod went in flight, for the pods that stay in flight beyond one attempt. */
  private final Map<QueuedPod, List<HintMap.Event>> inFlight = new LinkedHashMap<>();
  private final Map<String, List<PreEnqueuePlugin>> preEnqueue = new HashMap<>();
  private long sequence;

  public SchedulingQueue(Collection<Profile> profiles, Backoff backoff, Clock clock) {
    this(profiles, backoff, clock, SchedulerMetrics.NONE);
  }

  /** With metrics. */
  public SchedulingQueue(Collection<Profile> profiles, Backoff backoff, Clock clock, SchedulerMetrics metrics) {
    this.metrics = metrics;
    this.clock = clock;
    this.backoff = backoff;
    use(profiles);
    Comparator<QueuedPod> order = (a, b) -> a == b ? 0 : sort.before(a, b) ? -1 : sort.before(b, a) ? 1
        : Long.compare(a.sequence, b.sequence);
    Comparator<QueuedPod> byBackoff = Comparator.<QueuedPod>comparingLong(p -> p.backoffWindow).thenComparing(order);
    this.active = new TreeSet<>(order);
    this.backingOff = new TreeSet<>(byBackoff);
    this.errorBackoff = new TreeSet<>(byBackoff);
  }

  private void use(Collection<Profile> profiles) {
    profiles.forEach(p -> preEnqueue.put(p.name(), p.at(ExtensionPoint.PRE_ENQUEUE, PreEnqueuePlugin.class)));
    hints = new HintMap(profiles);
    sort = profiles.iterator().next().at(ExtensionPoint.QUEUE_SORT, QueueSortPlugin.class).getFirst();
  }

  /** From now on other plugins decide: the pods are ordered anew, and those that the former ones have turned down are tried again. */
  public void reload(Collection<Profile> profiles) {
    List<QueuedPod> waiting = byUid.values().stream().filter(e -> e.place != Place.IN_FLIGHT && e.place != Place.NONE).toList();
    Map<QueuedPod, Place> places = new LinkedHashMap<>();
    waiting.forEach(e -> places.put(e, e.place));
    waiting.forEach(this::take); // while the order is the one they were put in by
    use(profiles);
    places.forEach((entry, place) -> {
      switch (place) {
        case UNSCHEDULABLE -> requeue(entry, HintMap.Verdict.AFTER_BACKOFF, RELOADED);
        case GATED -> activate(entry, RELOADED);
        case ACTIVE, BACKOFF, ERROR_BACKOFF, IN_FLIGHT, NONE -> put(entry, place);
      }
    });
  }

  /** Adds a pod that has just been seen. */
  public void add(Pod pod) {
    if (byUid.containsKey(pod.uid())) {
      update(pod);
      return;
    }
    QueuedPod entry = new QueuedPod(pod, clock.now(), sequence++);
    byUid.put(pod.uid(), entry);
    activate(entry, "UnscheduledPodAdd");
  }

  /** Notes a change of a waiting pod. */
  public void update(Pod pod) {
    QueuedPod entry = byUid.get(pod.uid());
    if (entry == null) {
      add(pod);
      return;
    }
    Pod before = entry.pod;
    Place place = entry.place;
    take(entry);
    entry.pod = pod;
    switch (place) {
      case GATED -> reconsiderGated(entry, before);
      case UNSCHEDULABLE -> reconsider(entry, before);
      case ACTIVE, BACKOFF, ERROR_BACKOFF, NONE -> put(entry, place);
      case IN_FLIGHT -> put(entry, Place.IN_FLIGHT);
    }
    if (place == Place.IN_FLIGHT) {
      changes(before, pod).forEach(kind -> noteInFlight(new HintMap.Event(kind, before, pod)));
    }
  }

  private void reconsiderGated(QueuedPod entry, Pod before) {
    boolean helps = entry.gatedBy.equals("SchedulingGates")
        ? before.spec().order().gates().size() != entry.pod.spec().order().gates().size()
        : changes(before, entry.pod).stream().anyMatch(k -> hints.helps(entry.pod, entry.gatedBy, new HintMap.Event(k, before, entry.pod)));
    if (helps) {
      activate(entry, changes(before, entry.pod).stream().findFirst().map(EventKind::label).orElse("UnscheduledPodUpdate"));
    } else {
      put(entry, Place.GATED);
    }
  }

  private void reconsider(QueuedPod entry, Pod before) {
    for (EventKind kind : changes(before, entry.pod)) {
      HintMap.Verdict verdict = hints.judge(entry, new HintMap.Event(kind, before, entry.pod));
      if (verdict != HintMap.Verdict.SKIP) {
        requeue(entry, verdict, kind.label());
        return;
      }
    }
    put(entry, Place.UNSCHEDULABLE);
  }

  private static Set<EventKind> changes(Pod before, Pod after) {
    return Changes.between(before, after, EventKind.Subject.UNSCHEDULED_POD);
  }

  /** Removes a pod, wherever it is. */
  public void delete(String uid) {
    QueuedPod entry = byUid.remove(uid);
    if (entry != null) {
      absolve(entry);
      take(entry);
    }
  }

  /** The next pod to try: the first active one, or one whose back-off could be cut short because nothing else is to be done. */
  public Optional<QueuedPod> pop() {
    QueuedPod entry = active.pollFirst();
    if (entry == null) {
      entry = popBackingOff();
    }
    if (entry == null) {
      return Optional.empty();
    }
    begin(entry);
    return Optional.of(entry);
  }

  private void begin(QueuedPod entry) {
    absolve(entry);
    entry.place = Place.IN_FLIGHT;
    entry.attempts++;
    if (entry.initialAttempt == null) {
      entry.initialAttempt = clock.now();
    }
    inFlight.put(entry, new ArrayList<>(0));
  }

  /** Takes a certain pod along with one that was taken, wherever it waits; empty when it may not enter the queue or is being tried. */
  public Optional<QueuedPod> popAlso(String uid) {
    QueuedPod entry = byUid.get(uid);
    if (entry == null || entry.place == Place.GATED || entry.place == Place.IN_FLIGHT || entry.place == Place.NONE) {
      return Optional.empty();
    }
    take(entry);
    begin(entry);
    return Optional.of(entry);
  }

  private QueuedPod popBackingOff() {
    while (!backingOff.isEmpty()) {
      QueuedPod entry = backingOff.pollFirst();
      entry.place = Place.NONE;
      if (admit(entry)) {
        return entry;
      }
      put(entry, Place.GATED);
    }
    return null;
  }

  /** The attempt is over and the pod needs nothing from the queue any more, whatever becomes of its binding. */
  public void done(QueuedPod entry) {
    inFlight.remove(entry);
  }

  /** The pod is bound. */
  public void forget(QueuedPod entry) {
    inFlight.remove(entry);
    byUid.remove(entry.pod.uid(), entry);
  }

  /** Takes back a pod after a failed attempt; {@link QueuedPod#rejectedBy} says who turned it down (nobody: an error). */
  public void putBack(QueuedPod entry) {
    List<HintMap.Event> missed = inFlight.remove(entry);
    if (byUid.get(entry.pod.uid()) != entry) {
      return;
    }
    entry.place = Place.NONE;
    entry.wasFlushed = false;
    entry.queuedAt = clock.now();
    if (entry.unschedulablePlugins.isEmpty() && entry.pendingPlugins.isEmpty()) {
      entry.consecutiveErrors++;
      requeue(entry, HintMap.Verdict.AFTER_BACKOFF, ATTEMPT_FAILED);
      return;
    }
    blamed(entry, 1);
    entry.consecutiveErrors = 0;
    entry.unschedulableCount++;
    HintMap.Verdict verdict = HintMap.Verdict.SKIP;
    for (HintMap.Event event : missed == null ? List.<HintMap.Event>of() : missed) {
      HintMap.Verdict v = hints.judge(entry, event);
      verdict = v.compareTo(verdict) > 0 ? v : verdict;
    }
    requeue(entry, verdict, ATTEMPT_FAILED);
  }

  /** What plugins have said of a pod does not count any more. */
  private void absolve(QueuedPod entry) {
    if (entry.place != Place.IN_FLIGHT) {
      blamed(entry, -1);
    }
    entry.unschedulablePlugins.clear();
    entry.pendingPlugins.clear();
  }

  private void blamed(QueuedPod entry, int by) {
    entry.unschedulablePlugins.forEach(p -> metrics.unschedulable(p, entry.pod.schedulerName(), by));
    entry.pendingPlugins.forEach(p -> metrics.unschedulable(p, entry.pod.schedulerName(), by));
  }

  /** Whether a pod is known to the queue. */
  public boolean contains(String uid) {
    return byUid.containsKey(uid);
  }

  /** All waiting pods. */
  public List<Pod> pods() {
    return byUid.values().stream().map(e -> e.pod).toList();
  }

  /** All waiting pods, by name, with what they wait for. */
  public List<QueueEntry> entries() {
    return byUid.values().stream().map(QueueEntry::of).sorted(Comparator.comparing(QueueEntry::pod)).toList();
  }

  /** The newest known version of a waiting pod. */
  public Optional<Pod> pod(String uid) {
    return Optional.ofNullable(byUid.get(uid)).map(e -> e.pod);
  }

  /** Something happened in the cluster: pods that it may help are tried again. */
  public void happened(EventKind kind, Object before, Object after) {
    HintMap.Event event = new HintMap.Event(kind, before, after);
    noteInFlight(event);
    for (QueuedPod entry : List.copyOf(unschedulable)) {
      HintMap.Verdict verdict = hints.judge(entry, event);
      if (verdict != HintMap.Verdict.SKIP) {
        take(entry);
        requeue(entry, verdict, kind.label());
      }
    }
    for (QueuedPod entry : List.copyOf(gatedByEvents)) {
      if (hints.helps(entry.pod, entry.gatedBy, event)) {
        take(entry);
        activate(entry, kind.label());
      }
    }
  }

  private void noteInFlight(HintMap.Event event) {
    inFlight.values().forEach(missed -> missed.add(event));
  }

  /** Puts a waiting pod into the active queue, whatever it waits for. */
  public void activate(String uid) {
    QueuedPod entry = byUid.get(uid);
    if (entry != null && entry.place != Place.IN_FLIGHT && entry.place != Place.ACTIVE) {
      take(entry);
      activate(entry, "ForceActivate");
    }
  }

  /** Asks the PreEnqueue plugins again about a pod that one of them has kept out. */
  public void ungate(String uid) {
    QueuedPod entry = byUid.get(uid);
    if (entry != null && entry.place == Place.GATED) {
      take(entry);
      activate(entry, "ForceActivate");
    }
  }

  /** Moves pods whose back-off is over. To be called every second. */
  public void flushBackoff() {
    Instant now = clock.now();
    for (NavigableSet<QueuedPod> queue : List.of(backingOff, errorBackoff)) {
      while (!queue.isEmpty() && !isBackingOff(queue.first(), now)) {
        QueuedPod entry = queue.pollFirst();
        entry.place = Place.NONE;
        activate(entry, "BackoffComplete");
      }
    }
  }

  /** Gives pods that have been unschedulable for long another chance. To be called every half minute. */
  public void flushUnschedulable() {
    Instant limit = clock.now().minus(MAX_IN_UNSCHEDULABLE);
    for (QueuedPod entry : List.copyOf(unschedulable)) {
      if (entry.queuedAt.isBefore(limit)) {
        take(entry);
        entry.wasFlushed = true;
        requeue(entry, HintMap.Verdict.AFTER_BACKOFF, "UnschedulableTimeout");
      }
    }
  }

  /** Whether pods wait for their back-off to end. */
  public boolean isBackingOff() {
    return !backingOff.isEmpty() || !errorBackoff.isEmpty();
  }

  /** Whether pods wait for an event that concerns them, or for their time to be over. */
  public boolean hasUnschedulable() {
    return !unschedulable.isEmpty();
  }

  /** When the next back-off ends. */
  public Optional<Duration> nextBackoff() {
    return errorBackoff.isEmpty() ? Optional.empty() : Optional.of(Duration.between(clock.now(), backoffEnd(errorBackoff.first())));
  }

  private void requeue(QueuedPod entry, HintMap.Verdict verdict, String event) {
    switch (verdict) {
      case SKIP -> arrive(entry, Place.UNSCHEDULABLE, event);
      case IMMEDIATELY -> activate(entry, event);
      case AFTER_BACKOFF -> {
        if (isBackingOff(entry, clock.now())) {
          arrive(entry, entry.consecutiveErrors > 0 ? Place.ERROR_BACKOFF : Place.BACKOFF, event);
        } else {
          activate(entry, event);
        }
      }
    }
  }

  private void activate(QueuedPod entry, String event) {
    arrive(entry, admit(entry) ? Place.ACTIVE : Place.GATED, event);
  }

  /** Puts a pod into a queue because of an event, or of what came of an attempt. */
  private void arrive(QueuedPod entry, Place place, String event) {
    metrics.queued(switch (place) {
      case ACTIVE, NONE, IN_FLIGHT -> "active";
      case BACKOFF, ERROR_BACKOFF -> "backoff";
      case UNSCHEDULABLE -> "unschedulable";
      case GATED -> "gated";
    }, event);
    put(entry, place);
  }

  /** Whether the PreEnqueue plugins let the pod in; notes the one that does not. */
  private boolean admit(QueuedPod entry) {
    for (PreEnqueuePlugin p : preEnqueue.getOrDefault(entry.pod.schedulerName(), List.of())) {
      Status s = p.preEnqueue(entry.pod);
      if (!s.isSuccess()) {
        entry.gatedBy = p.name();
        if (entry.unschedulablePlugins.add(p.name())) {
          metrics.unschedulable(p.name(), entry.pod.schedulerName(), 1);
        }
        return false;
      }
    }
    entry.gatedBy = "";
    return true;
  }

  private void put(QueuedPod entry, Place place) {
    entry.place = place;
    entry.backoffWindow = place == Place.BACKOFF || place == Place.ERROR_BACKOFF ? backoffEnd(entry).getEpochSecond() : 0;
    home(place).ifPresent(set -> set.add(entry));
    if (place == Place.GATED && !entry.gatedBy.equals("SchedulingGates")) {
      gatedByEvents.add(entry);
    }
  }

  private void take(QueuedPod entry) {
    home(entry.place).ifPresent(set -> set.remove(entry));
    gatedByEvents.remove(entry);
    if (entry.place != Place.IN_FLIGHT) {
      entry.place = Place.NONE;
    }
  }

  private Optional<Set<QueuedPod>> home(Place place) {
    return switch (place) {
      case ACTIVE -> Optional.of(active);
      case BACKOFF -> Optional.of(backingOff);
      case ERROR_BACKOFF -> Optional.of(errorBackoff);
      case UNSCHEDULABLE -> Optional.of(unschedulable);
      case GATED -> Optional.of(gated);
      case NONE, IN_FLIGHT -> Optional.empty();
    };
  }

  private boolean isBackingOff(QueuedPod entry, Instant now) {
    return backoffEnd(entry).isAfter(now);
  }

  private Instant backoffEnd(QueuedPod entry) {
    int count = entry.consecutiveErrors > 0 ? entry.consecutiveErrors : entry.unschedulableCount;
    if (count == 0) {
      return entry.queuedAt;
    }
    long millis = Math.min(backoff.initial().toMillis() << Math.min(count - 1, 30), backoff.max().toMillis());
    return entry.queuedAt.plusMillis(millis);
  }

  /** How many pods wait in which queue, as the metric {@code scheduler_pending_pods} names them. */
  public Map<String, Integer> sizes() {
    return Map.of("active", active.size(), "backoff", backingOff.size() + errorBackoff.size(), "unschedulable", unschedulable.size(),
        "gated", gated.size());
  }
}
