package io.kubrig.testkit.traffic;

import io.kubrig.apiserver.http.Handler;
import io.kubrig.machinery.clock.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The calls that the clients of a cluster have made, the last ten thousand of them, with their answers.
 *
 * <p>What the cluster's own parts do is noted as well: pick the client under test with {@link CallPattern#by}.
 */
public final class Traffic {
  private static final int KEPT = 10_000;

  private final Clock clock;
  private final Faults faults = new Faults();
  private final ArrayDeque<Answered> calls = new ArrayDeque<>(); // guarded by itself
  private long count; // guarded by calls

  public Traffic(Clock clock) {
    this.clock = clock;
  }

  /**
   * A call with its answer.
   *
   * @param status of HTTP; 0 when there was no answer
   * @param body of the answer to a write, empty for others
   * @param fault what went wrong on purpose
   */
  public record Answered(Call call, int status, byte[] body, Optional<Fault> fault) {
    @Override
    public String toString() {
      String answer = status == 0 ? "no answer" : Integer.toString(status);
      return call.at() + "  " + call + " → " + answer + fault.map(wrong -> "  [" + wrong + "]").orElse("");
    }
  }

  /** The means to disturb it. */
  public Faults faults() {
    return faults;
  }

  /**
   * A handler that notes and disturbs what goes through it.
   *
   * @param told runs when a client that watches has been told something
   */
  public Handler observing(String client, Handler server, Runnable told) {
    return new ObservedHandler(client, server, this, told, false);
  }

  /** As {@link #observing}, for a part of the cluster itself, whose work is counted. */
  public Handler observingPart(String client, Handler server) {
    return new ObservedHandler(client, server, this, () -> {}, true);
  }

  Clock clock() {
    return clock;
  }

  /** A moment to count from: the number of the next call. */
  public long mark() {
    synchronized (calls) {
      return count;
    }
  }

  /** The calls that a pattern picks, oldest first. */
  public List<Answered> calls(CallPattern pattern) {
    return since(0, pattern);
  }

  /** Those from a mark on. */
  public List<Answered> since(long mark, CallPattern pattern) {
    synchronized (calls) {
      return calls.stream().filter(answered -> answered.call().number() >= mark && pattern.test(answered.call())).toList();
    }
  }

  /** The last writes with what they changed, and the events that were recorded, for a person to read. */
  public String report(int lines) {
    List<Answered> writes = new ArrayList<>(calls(CallPattern.writes()));
    List<String> told = new Story(writes).lines();
    List<String> last = told.subList(Math.max(0, told.size() - lines), told.size());
    return last.isEmpty() ? "nothing was written" : last.stream().collect(Collectors.joining("\n"));
  }

  long next() {
    synchronized (calls) {
      return count++;
    }
  }

  void answered(Answered answered) {
    synchronized (calls) {
      calls.add(answered);
      if (calls.size() > KEPT) {
        calls.remove();
      }
    }
  }
}
