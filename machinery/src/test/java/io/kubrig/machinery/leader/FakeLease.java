package io.kubrig.machinery.leader;

import io.kubrig.machinery.clock.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A lease in memory that several candidates share, each through a connection of its own that can be cut. */
final class FakeLease {
  final List<String> events = new ArrayList<>();
  private final List<Connection> connections = new ArrayList<>();
  LeaseRecord lease;
  private int version;

  /** @param clock of the process that uses the connection: while it stands still, it hears nothing */
  Connection connect(Clock clock) {
    Connection connection = new Connection(clock);
    connections.add(connection);
    return connection;
  }

  /** Somebody writes the lease by hand. */
  void put(LeaseRecord wanted) {
    lease = wanted;
    version++;
    connections.forEach(Connection::tell);
  }

  void delete() {
    lease = null;
    version++;
  }

  final class Connection implements LeaseApi {
    boolean loseAnswers;
    /** Watches hear nothing, and do not end. */
    boolean deaf;
    /** Watches are forbidden. */
    boolean readsOnly;
    Duration latency = Duration.ZERO;
    int reads;
    int writes;
    int watches;
    private final Clock clock;
    private final List<Watcher> open = new ArrayList<>();
    private boolean cut;

    Connection(Clock clock) {
      this.clock = clock;
    }

    boolean isCut() {
      return cut;
    }

    void cut() {
      cut = true;
      endWatches();
    }

    void mend() {
      cut = false;
    }

    void endWatches() {
      List<Watcher> ending = List.copyOf(open);
      open.clear();
      ending.forEach(watcher -> clock.after(Duration.ZERO, watcher::ended));
    }

    @Override
    public String describe() {
      return "kube-system/test";
    }

    @Override
    public Optional<Seen> read() {
      reads++;
      refuseWhenCut();
      return lease == null ? Optional.empty() : Optional.of(seen());
    }

    private Seen seen() {
      return new Seen(lease, String.valueOf(version));
    }

    @Override
    public Seen create(LeaseRecord wanted) {
      writes++;
      refuseWhenCut();
      if (lease != null) {
        throw new LeaseException("already exists", null);
      }
      return write(wanted);
    }

    @Override
    public Seen update(Seen seen, LeaseRecord wanted) {
      writes++;
      refuseWhenCut();
      if (lease == null || !seen.version().equals(String.valueOf(version))) {
        throw new LeaseException("the object has been modified", null);
      }
      return write(wanted);
    }

    private Seen write(LeaseRecord wanted) {
      put(wanted);
      if (loseAnswers) {
        throw new LeaseException("connection reset", null);
      }
      return seen();
    }

    private void refuseWhenCut() {
      if (cut) {
        throw new LeaseException("connection refused", null);
      }
    }

    @Override
    public Watch watch(Seen since, Watcher watcher) {
      watches++;
      if (cut || readsOnly) {
        clock.after(Duration.ZERO, cut ? watcher::ended : watcher::refused);
        return () -> {};
      }
      open.add(watcher);
      if (lease != null && !since.version().equals(String.valueOf(version))) {
        tell(watcher);
      }
      return () -> open.remove(watcher);
    }

    private void tell() {
      open.forEach(this::tell);
    }

    private void tell(Watcher watcher) {
      Seen now = seen();
      if (!deaf) {
        clock.after(latency, () -> {
          if (open.contains(watcher)) {
            watcher.changed(now);
          }
        });
      }
    }

    @Override
    public void event(String message) {
      events.add(message);
    }
  }
}
