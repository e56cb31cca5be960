package io.kubrig.apiserver.flowcontrol;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.apiserver.flowcontrol.FairQueues.Outcome;
import io.kubrig.apiserver.flowcontrol.FairQueues.Ticket;
import io.kubrig.machinery.clock.VirtualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FairQueuesTest {
  private final VirtualClock clock = new VirtualClock(Instant.parse("2026-01-01T00:00:00Z"));

  private FairQueues queues(int queues, int hand, int length, int seats) {
    return new FairQueues(new PriorityLevel.Queuing(queues, hand, length), seats, clock, new SeatDemand(clock));
  }

  private static long flow(String name) {
    return ShuffleSharding.hash("schema", name);
  }

  @Test
  void requests_run_while_there_are_seats_and_then_one_for_each_that_ends() {
    FairQueues line = queues(8, 2, 50, 2);
    Ticket first = line.enter(flow("a"), Work.of(1));
    Ticket second = line.enter(flow("a"), Work.of(1));
    Ticket third = line.enter(flow("a"), Work.of(1));
    assertThat(List.of(first.outcome(), second.outcome())).containsOnly(Outcome.ADMITTED);
    assertThat(third.isWaiting()).isTrue();
    first.end();
    first.end();
    assertThat(third.outcome()).isEqualTo(Outcome.ADMITTED);
    assertThat(line.enter(flow("a"), Work.of(1)).isWaiting()).as("ending twice frees one seat only").isTrue();
  }

  @Test
  void a_flow_that_floods_does_not_keep_another_waiting() {
    FairQueues line = queues(64, 4, 50, 1);
    List<Ticket> flood = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      flood.add(line.enter(flow("flood"), Work.of(1)));
    }
    Ticket modest = line.enter(flow("modest"), Work.of(1));
    Set<Ticket> done = new HashSet<>();
    while (modest.isWaiting()) {
      Ticket running = flood.stream().filter(ticket -> ticket.outcome() == Outcome.ADMITTED && !done.contains(ticket)).findFirst()
          .orElseThrow();
      clock.advance(Duration.ofMillis(10));
      running.end();
      done.add(running);
    }
    assertThat(done).as("requests of the flood before the modest one").hasSizeLessThanOrEqualTo(5);
  }

  @Test
  void flows_share_time_and_not_requests() {
    FairQueues line = queues(2, 1, 1000, 1);
    long slowFlow = flowOf(0);
    long fastFlow = flowOf(1);
    List<Ticket> slow = new ArrayList<>();
    List<Ticket> fast = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      slow.add(line.enter(slowFlow, Work.of(1)));
      fast.add(line.enter(fastFlow, Work.of(1)));
    }
    Set<Ticket> done = new HashSet<>();
    int slowDone = 0;
    int fastDone = 0;
    for (int i = 0; i < 220; i++) {
      boolean isSlow = slow.stream().anyMatch(ticket -> ticket.outcome() == Outcome.ADMITTED && !done.contains(ticket));
      Ticket running = (isSlow ? slow : fast).stream().filter(ticket -> ticket.outcome() == Outcome.ADMITTED && !done.contains(ticket))
          .findFirst().orElseThrow();
      clock.advance(Duration.ofMillis(isSlow ? 100 : 10));
      running.end();
      done.add(running);
      slowDone += isSlow ? 1 : 0;
      fastDone += isSlow ? 0 : 1;
    }
    assertThat((double) fastDone / slowDone).as("%d fast ones of 10 ms, %d slow ones of 100 ms", fastDone, slowDone).isBetween(8.0, 12.0);
  }

  /** A flow whose only queue of two is this one. */
  private static long flowOf(int queue) {
    for (int i = 0; ; i++) {
      if (ShuffleSharding.hand(flow("f" + i), 2, 1)[0] == queue) {
        return flow("f" + i);
      }
    }
  }

  @Test
  void a_wide_request_is_waited_for() {
    FairQueues line = queues(4, 1, 50, 4);
    List<Ticket> narrow = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      narrow.add(line.enter(flow("n" + i), Work.of(1)));
    }
    Ticket wide = line.enter(flow("wide"), Work.of(4));
    clock.advance(Duration.ofSeconds(1));
    Ticket late = line.enter(flow("wide"), Work.of(1));
    narrow.getFirst().end();
    assertThat(late.isWaiting()).isTrue();
    narrow.forEach(Ticket::end);
    assertThat(wide.outcome()).isEqualTo(Outcome.ADMITTED);
    assertThat(late.isWaiting()).isTrue();
  }

  @Test
  void a_full_queue_and_a_level_without_queues_refuse() {
    FairQueues line = queues(1, 1, 2, 1);
    line.enter(1, Work.of(1));
    line.enter(1, Work.of(1));
    line.enter(1, Work.of(1));
    assertThat(line.enter(1, Work.of(1)).outcome()).isEqualTo(Outcome.QUEUE_FULL);
    FairQueues strict = queues(0, 0, 0, 1);
    Ticket only = strict.enter(1, Work.of(1));
    assertThat(strict.enter(1, Work.of(1)).outcome()).isEqualTo(Outcome.CONCURRENCY_LIMIT);
    only.end();
    assertThat(strict.enter(1, Work.of(1)).outcome()).isEqualTo(Outcome.ADMITTED);
  }

  @Test
  void a_request_waits_no_longer_than_it_may() throws InterruptedException {
    FairQueues line = queues(4, 2, 50, 1);
    Ticket running = line.enter(1, Work.of(1));
    Ticket waiting = line.enter(1, Work.of(1));
    Outcome[] outcome = new Outcome[1];
    Thread thread =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    outcome[0] = line.await(waiting, Duration.ofSeconds(15));
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    clock.advance(Duration.ofSeconds(16));
    thread.join();
    assertThat(outcome[0]).isEqualTo(Outcome.TIME_OUT);
    running.end();
    assertThat(line.enter(2, Work.of(1)).outcome()).as("who has left takes no seat").isEqualTo(Outcome.ADMITTED);
  }

  @Test
  void more_seats_let_in_who_waits() {
    FairQueues line = queues(4, 2, 50, 1);
    line.enter(1, Work.of(1));
    Ticket waiting = line.enter(1, Work.of(1));
    line.change(new PriorityLevel.Queuing(2, 2, 50), 2);
    assertThat(waiting.outcome()).isEqualTo(Outcome.ADMITTED);
  }

  @Test
  void hands_are_different_queues_and_every_queue_is_dealt() {
    long seed = 7;
    Random random = new Random(seed);
    Set<Integer> seen = new HashSet<>();
    for (int i = 0; i < 2000; i++) {
      int[] hand = ShuffleSharding.hand(random.nextLong(), 64, 6);
      Set<Integer> cards = new HashSet<>();
      for (int card : hand) {
        assertThat(card).isBetween(0, 63);
        cards.add(card);
      }
      assertThat(cards).as("seed %d", seed).hasSize(6);
      seen.addAll(cards);
    }
    assertThat(seen).hasSize(64);
  }

  @Test
  void what_comes_after_a_request_keeps_its_seats() {
    FairQueues line = queues(8, 2, 50, 4);
    Ticket write = line.enter(flow("a"), new Work(4, Duration.ofMillis(5)));
    Ticket next = line.enter(flow("a"), Work.ONE);
    assertThat(next.isWaiting()).isTrue();
    write.end();
    write.end();
    clock.advance(Duration.ofMillis(4));
    assertThat(next.isWaiting()).as("watchers are still being told").isTrue();
    clock.advance(Duration.ofMillis(1));
    assertThat(next.outcome()).isEqualTo(Outcome.ADMITTED);
  }

  @Test
  void work_on_fewer_seats_takes_longer() {
    assertThat(new Work(20, Duration.ofMillis(5)).within(10)).isEqualTo(new Work(10, Duration.ofMillis(10)));
    assertThat(new Work(3, Duration.ofMillis(5)).within(10)).isEqualTo(new Work(3, Duration.ofMillis(5)));
  }
}
