package io.kubrig.apiserver.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.apiserver.status.ApiException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class CollectionDeletionTest {
  private static final List<Integer> HUNDRED = IntStream.range(0, 100).boxed().toList();

  @Test
  void tells_of_what_was_deleted_in_the_order_of_the_collection_and_not_of_what_had_gone() {
    Function<Integer, Optional<Integer>> odd = i -> i % 2 == 0 ? Optional.empty() : Optional.of(i);
    List<Integer> expected = HUNDRED.stream().filter(i -> i % 2 == 1).toList();
    assertThat(new CollectionDeletion(1).all(HUNDRED, odd)).isEqualTo(expected);
    assertThat(new CollectionDeletion(8).all(HUNDRED, odd)).isEqualTo(expected);
    assertThat(new CollectionDeletion(8).all(List.<Integer>of(), odd)).isEmpty();
  }

  @Test
  @Timeout(30)
  void as_many_are_deleted_at_once_as_there_are_workers() {
    CyclicBarrier four = new CyclicBarrier(4);
    List<Integer> deleted = new CollectionDeletion(4).all(HUNDRED, i -> {
      try {
        four.await();
        return Optional.of(i);
      } catch (InterruptedException | BrokenBarrierException e) {
        throw new IllegalStateException(e);
      }
    });
    assertThat(deleted).isEqualTo(HUNDRED);
  }

  @Test
  void one_worker_stops_at_the_first_refusal() {
    Set<Integer> tried = ConcurrentHashMap.newKeySet();
    assertThatThrownBy(() -> new CollectionDeletion(1).all(HUNDRED, i -> refusing(i, tried))).hasMessageContaining("not 10");
    assertThat(tried).hasSize(11);
  }

  @Test
  void a_refusal_is_the_answer_though_other_workers_go_on() {
    Set<Integer> tried = ConcurrentHashMap.newKeySet();
    assertThatThrownBy(() -> new CollectionDeletion(3).all(HUNDRED, i -> refusing(i, tried))).hasMessageContaining("not 10");
    assertThat(tried).containsAll(HUNDRED);
  }

  private static Optional<Integer> refusing(int i, Set<Integer> tried) {
    tried.add(i);
    if (i == 10) {
      throw ApiException.badRequest("not 10");
    }
    return Optional.of(i);
  }
}
