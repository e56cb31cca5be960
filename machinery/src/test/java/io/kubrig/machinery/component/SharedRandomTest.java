package io.kubrig.machinery.component;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class SharedRandomTest {
  private static final int THREADS = 8;
  private static final int EACH = 100_000;

  @Test
  void no_two_threads_are_told_the_same() throws Exception {
    RandomGenerator random = SharedRandom.of(RandomGenerator.of("L64X128MixRandom"));
    Set<Long> told = ConcurrentHashMap.newKeySet();
    List<Callable<Void>> readers = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      readers.add(() -> {
        for (int n = 0; n < EACH; n++) {
          told.add(random.nextLong());
        }
        return null;
      });
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      for (Future<Void> reader : threads.invokeAll(readers)) {
        reader.get();
      }
    }
    assertThat(told).hasSize(THREADS * EACH);
  }

  @Test
  void what_is_shared_already_stays_as_it_is() {
    RandomGenerator random = SharedRandom.of(RandomGenerator.getDefault());
    assertThat(SharedRandom.of(random)).isSameAs(random);
  }
}
