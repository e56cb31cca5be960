package io.kubrig.apiserver.flowcontrol;

import io.kubrig.apiserver.authn.UserInfo;
import io.kubrig.apiserver.flowcontrol.FairQueues.Outcome;
import io.kubrig.apiserver.http.Headers;
import io.kubrig.apiserver.http.Query;
import io.kubrig.apiserver.http.RequestInfo;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.tree.Tree;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Classifies requests by FlowSchemas and lets those of each priority level run as far as the level's share of the server goes. (Source:
 * KEP-1040.) Levels do not borrow seats from each other.
 *
 * <p>The mandatory objects {@code exempt} and {@code catch-all} always have an effect, also while they are not stored.
 */
public final class PriorityAndFairness implements FlowControl {
  private static final String EXEMPT = "exempt";
  private static final String CATCH_ALL = "catch-all";
  private static final String ALL = "*";

  private final Clock clock;
  private final int totalSeats;
  private final Duration patience;
  private final Estimate estimate;
  private final FlowMetrics metrics;
  private final Map<String, FlowSchema> schemas = new TreeMap<>();
  private final Map<String, PriorityLevel> levels = new TreeMap<>();
  /** Of the nominal seats of a level with queues, for one request. (Source: priorityLevelMaxSeatsPercent of native.) */
  private static final double MOST_SHARE = 0.15;

  private static final int MOST_SEATS = 10;

  private final Map<String, FairQueues> queues = new HashMap<>();
  private final Map<String, LevelSeats> seats = new HashMap<>();
  private SeatLending.Shares divided; // of these seats among these claims; null: nothing was divided yet
  private int dividedSeats;
  private List<SeatLending.Claim> dividedClaims = List.of();
  private volatile State state;

  /** What requests are expected to cost. */
  @FunctionalInterface
  public interface Estimate {
    Work of(RequestInfo info, Query query);
  }

  /** What requests are classified by right now. */
  private record State(
      List<FlowSchema> schemas, Map<String, PriorityLevel> levels, Map<String, FairQueues> queues, Map<String, LevelSeats> seats) {}

  /**
   * @param totalSeats what all levels share, {@code --max-requests-inflight} and {@code --max-mutating-requests-inflight} together
   * @param patience how long a request may wait
   */
  public PriorityAndFairness(int totalSeats, Duration patience, Estimate estimate, Clock clock, MeterRegistry registry) {
    this.totalSeats = totalSeats;
    this.patience = patience;
    this.estimate = estimate;
    this.clock = clock;
    this.metrics = new FlowMetrics(registry);
    settle();
  }

  // ---- configuration -------------------------------------------------------------------------------------------------

  /** A stored FlowSchema, new or changed. */
  public synchronized void putSchema(Tree object) {
    schemas.put(object.tree("metadata").string("name"), FlowSchema.of(object));
    settle();
  }

  public synchronized void removeSchema(Tree object) {
    schemas.remove(object.tree("metadata").string("name"));
    settle();
  }

  /** A stored PriorityLevelConfiguration, new or changed. */
  public synchronized void putLevel(Tree object) {
    levels.put(object.tree("metadata").string("name"), PriorityLevel.of(object));
    settle();
  }

  public synchronized void removeLevel(Tree object) {
    levels.remove(object.tree("metadata").string("name"));
    settle();
  }

  public synchronized boolean hasLevel(String name) {
    return levels.containsKey(name);
  }

  private void settle() {
    Map<String, PriorityLevel> all = new HashMap<>(levels);
    all.putIfAbsent(EXEMPT, new PriorityLevel(EXEMPT, "", true, 0, PriorityLevel.Queuing.NONE));
    all.putIfAbsent(CATCH_ALL, new PriorityLevel(CATCH_ALL, "", false, 5, PriorityLevel.Queuing.NONE));
    long shares = all.values().stream().mapToLong(PriorityLevel::shares).sum();
    queues.keySet().retainAll(all.keySet());
    seats.keySet().retainAll(all.keySet());
    for (PriorityLevel level : all.values()) {
      int nominal = shares == 0 ? 0 : (int) Math.ceil((double) totalSeats * level.shares() / shares);
      LevelSeats own = seats.computeIfAbsent(level.name(), name -> new LevelSeats(clock));
      own.configure(level, nominal, totalSeats);
      metrics.limits(level.name(), own);
      if (level.exempt()) {
        queues.remove(level.name());
      } else if (queues.containsKey(level.name())) {
        queues.get(level.name()).change(level.queuing(), own.current());
      } else {
        queues.put(level.name(), new FairQueues(level.queuing(), own.current(), clock, own.demand()));
      }
    }
    List<FlowSchema> ordered = new ArrayList<>();
    schemas.values().stream().filter(schema -> all.containsKey(schema.level())).sorted(FlowSchema.ORDER).forEach(ordered::add);
    if (!schemas.containsKey(EXEMPT)) {
      ordered.addFirst(mandatory(EXEMPT, 1, List.of("system:masters")));
    }
    if (!schemas.containsKey(CATCH_ALL)) {
      ordered.addLast(mandatory(CATCH_ALL, 10_000, List.of("system:unauthenticated", "system:authenticated")));
    }
    state = new State(List.copyOf(ordered), Map.copyOf(all), Map.copyOf(queues), Map.copyOf(seats));
  }

  /**
   * Has levels that need more borrow seats of those that need less; to be called every ten seconds. (Source: KEP-1040, "Dispatching":
   * adjustment of the concurrency limits.)
   */
  public synchronized void lend() {
    State now = state;
    List<LevelSeats> limited = new ArrayList<>(); // every ten seconds, on a virtual clock as fast as it goes: no streams
    int all = 0;
    int exempted = 0;
    int least = 0;
    int kept = 0;
    for (LevelSeats own : seats.values()) {
      own.observe();
      all += own.nominal();
    }
    for (PriorityLevel level : now.levels.values()) {
      LevelSeats own = seats.get(level.name());
      if (level.exempt()) {
        own.current(own.used());
        exempted += own.used();
      } else {
        limited.add(own);
        least += own.least();
        kept += own.kept();
      }
    }
    int left = all - exempted;
    double fraction = 0;
    if (left <= kept) {
      double share = left <= least ? 0 : (double) (left - least) / (kept - least);
      limited.forEach(own -> own.current(own.least() + (int) Math.round((own.kept() - own.least()) * share)));
    } else {
      List<SeatLending.Claim> claims = new ArrayList<>();
      limited.forEach(own -> claims.add(own.claim()));
      SeatLending.Shares shares = divide(all, claims);
      fraction = shares.fraction();
      for (int i = 0; i < limited.size(); i++) {
        limited.get(i).current((int) Math.round(shares.seats()[i]));
      }
    }
    metrics.fairFraction(fraction);
    for (PriorityLevel level : now.levels.values()) {
      if (!level.exempt()) {
        queues.get(level.name()).change(level.queuing(), seats.get(level.name()).current());
      }
    }
    seats.forEach(metrics::limits);
  }

  /** The division is done anew when something about it is new: as long as nobody asks anything of the server, nothing is. */
  private SeatLending.Shares divide(int all, List<SeatLending.Claim> claims) {
    if (divided == null || dividedSeats != all || !claims.equals(dividedClaims)) {
      divided = SeatLending.divide(all, claims);
      dividedSeats = all;
      dividedClaims = claims;
    }
    return divided;
  }

  private static FlowSchema mandatory(String name, long precedence, List<String> groups) {
    List<Object> subjects = new ArrayList<>();
    groups.forEach(group -> subjects.add(Tree.of("kind", "Group", "group", Tree.of("name", group))));
    List<Object> all = List.of(ALL);
    Tree resources = Tree.of("verbs", all, "apiGroups", all, "resources", all, "clusterScope", true, "namespaces", all);
    Tree paths = Tree.of("verbs", all, "nonResourceURLs", all);
    Tree rule = Tree.of("subjects", subjects, "resourceRules", List.<Object>of(resources), "nonResourceRules", List.<Object>of(paths));
    return new FlowSchema(name, "", name, precedence, name.equals(CATCH_ALL) ? "ByUser" : "", List.of(rule));
  }

  // ---- requests ------------------------------------------------------------------------------------------------------

  @Override
  public Seat seat(UserInfo user, RequestInfo info, Query query) {
    if (info.isLongRunning() && !info.verb().equals("watch")) {
      return FREE;
    }
    State now = state;
    FlowSchema schema = now.schemas.stream().filter(candidate -> candidate.matches(user, info)).findFirst().orElse(now.schemas.getLast());
    PriorityLevel level = now.levels.get(schema.level());
    FlowMetrics.Meters meters = metrics.of(schema.name(), level.name());
    if (level.exempt()) {
      return new Taken(schema, level, meters, null, now.seats.get(level.name()).demand(), 0);
    }
    long arrived = clock.nanos();
    FairQueues line = now.queues.get(level.name());
    Work work = estimate.of(info, query).within(mostSeats(level, now.seats.get(level.name()).nominal()));
    FairQueues.Ticket ticket = line.enter(ShuffleSharding.hash(schema.name(), schema.flow(user, info)), work);
    boolean waits = ticket.isWaiting();
    meters.queued(waits ? 1 : 0);
    Outcome outcome;
    try {
      outcome = line.await(ticket, patience);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      outcome = Outcome.TIME_OUT;
    } finally {
      meters.queued(waits ? -1 : 0);
    }
    double waited = (clock.nanos() - arrived) / 1e9;
    if (outcome == Outcome.ADMITTED) {
      return new Taken(schema, level, meters, ticket, null, waited);
    }
    meters.rejected(reason(outcome), waited);
    return new Refused(schema, level);
  }

  /** What one request may take of a level, so that it does not wait for as many seats to be free as never are at once. */
  private static int mostSeats(PriorityLevel level, int nominal) {
    if (level.queuing().queues() == 0) {
      return MOST_SEATS;
    }
    int share = (int) Math.ceil(nominal * MOST_SHARE);
    return Math.clamp(Math.min(share, nominal / level.queuing().hand()), 1, MOST_SEATS);
  }

  private static String reason(Outcome outcome) {
    return switch (outcome) {
      case ADMITTED -> "";
      case CONCURRENCY_LIMIT -> "concurrency-limit";
      case QUEUE_FULL -> "queue-full";
      case TIME_OUT -> "time-out";
    };
  }

  private static Headers classification(FlowSchema schema, PriorityLevel level) {
    return Headers.of("X-Kubernetes-PF-FlowSchema-UID", schema.uid(), "X-Kubernetes-PF-PriorityLevel-UID", level.uid());
  }

  /** A seat that is taken, or that an exempt request does not need. */
  private final class Taken implements Seat {
    private final Headers headers;
    private final FlowMetrics.Meters meters;
    private final FairQueues.Ticket ticket;
    private final SeatDemand demand;
    private final long begun = clock.nanos();
    private boolean closed;

    /**
     * @param ticket null for an exempt request
     * @param demand of an exempt request's level, else null: queues tell theirs
     */
    Taken(FlowSchema schema, PriorityLevel level, FlowMetrics.Meters meters, FairQueues.Ticket ticket, SeatDemand demand, double waited) {
      this.headers = classification(schema, level);
      this.meters = meters;
      this.ticket = ticket;
      this.demand = demand;
      if (demand != null) {
        demand.add(1);
      }
      meters.begun(width(), waited);
    }

    private int width() {
      return ticket == null ? 1 : ticket.width();
    }

    @Override
    public boolean admitted() {
      return true;
    }

    @Override
    public Headers headers() {
      return headers;
    }

    @Override
    public synchronized void close() {
      if (closed) {
        return;
      }
      closed = true;
      if (ticket != null) {
        ticket.end();
      }
      if (demand != null) {
        demand.add(-1);
      }
      meters.ended(width(), (clock.nanos() - begun) / 1e9);
    }
  }

  private record Refused(FlowSchema schema, PriorityLevel level) implements Seat {
    @Override
    public boolean admitted() {
      return false;
    }

    @Override
    public Headers headers() {
      return classification(schema, level);
    }

    @Override
    public void close() {}
  }
}
