package io.kubrig.machinery.leader;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A lease in memory that several candidates share, each through a connection of its own that can be cut. */
final class FakeLease {
  final List<String> events = new ArrayList<>();
  LeaseRecord lease;
  private int version;

  Connection connect() {
    return new Connection();
  }

  final class Connection implements LeaseApi {
    boolean cut;
    boolean loseAnswers;

    @Override
    public String describe() {
      return "kube-system/test";
    }

    @Override
    public Optional<Seen> read() {
      refuseWhenCut();
      return lease == null ? Optional.empty() : Optional.of(new Seen(lease, String.valueOf(version)));
    }

    @Override
    public Seen create(LeaseRecord wanted) {
      refuseWhenCut();
      if (lease != null) {
        throw new LeaseException("already exists", null);
      }
      return write(wanted);
    }

    @Override
    public Seen update(Seen seen, LeaseRecord wanted) {
      refuseWhenCut();
      if (!seen.version().equals(String.valueOf(version))) {
        throw new LeaseException("the object has been modified", null);
      }
      return write(wanted);
    }

    private Seen write(LeaseRecord wanted) {
      lease = wanted;
      version++;
      if (loseAnswers) {
        throw new LeaseException("connection reset", null);
      }
      return new Seen(lease, String.valueOf(version));
    }

    private void refuseWhenCut() {
      if (cut) {
        throw new LeaseException("connection refused", null);
      }
    }

    @Override
    public void event(String message) {
      events.add(message);
    }
  }
}
