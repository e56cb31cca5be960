package io.kubrig.apiserver.rest;

import io.kubrig.apiserver.status.ApiException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * How the objects of a collection are deleted: each on its own, by so many workers at once. A failure ends the worker that met it; the
 * others go on, and the first failure is the answer.
 *
 * @param workers one of them does without threads of its own, and keeps the order
 */
record CollectionDeletion(int workers) {
  /**
   * Deletes all.
   *
   * @param delete deletes one and answers what is told of it; empty when it had gone
   * @return what is told of those that were deleted, in the order of the collection
   * @throws ApiException the first refusal
   */
  <E, D> List<D> all(List<E> objects, Function<E, Optional<D>> delete) {
    int hands = Math.min(workers, objects.size());
    if (hands <= 1) {
      return objects.stream().flatMap(object -> delete.apply(object).stream()).toList();
    }
    List<D> deleted = new ArrayList<>(Collections.nCopies(objects.size(), null));
    AtomicInteger next = new AtomicInteger();
    Callable<Void> worker = () -> {
      for (int i = next.getAndIncrement(); i < objects.size(); i = next.getAndIncrement()) {
        deleted.set(i, delete.apply(objects.get(i)).orElse(null)); // each place has one writer
      }
      return null;
    };
    run(Collections.nCopies(hands, worker));
    return deleted.stream().filter(Objects::nonNull).toList();
  }

  private static void run(List<Callable<Void>> workers) {
    Queue<RuntimeException> failures = new ConcurrentLinkedQueue<>(); // in the order of time
    List<Callable<Void>> noting = workers.stream().map(worker -> (Callable<Void>) () -> {
      try {
        return worker.call();
      } catch (RuntimeException e) {
        failures.add(e);
        return null;
      }
    }).toList();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Void> ended : threads.invokeAll(noting)) {
        ended.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ApiException.serviceUnavailable("the server is shutting down");
    } catch (ExecutionException e) {
      throw new IllegalStateException("a deletion failed", e.getCause());
    }
    if (!failures.isEmpty()) {
      throw failures.peek();
    }
  }
}
