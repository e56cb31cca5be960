package io.kubrig.machinery.informers;

import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is told of changes, each in order and by one thread at a time: by whoever brings a change, unless another thread is just telling that
 * handler, which then goes on. So a handler that has been added late hears first of what there was, without anybody waiting for it.
 */
final class Handlers<T> {
  private static final Logger LOG = LoggerFactory.getLogger(Handlers.class);

  private final List<Told<T>> all = new CopyOnWriteArrayList<>();

  /** Adds a handler that first hears of some objects. Changes must be kept out meanwhile; {@link Told#tell} must be called when not. */
  Told<T> add(ResourceEventHandler<? super T> handler, List<T> known) {
    Told<T> told = new Told<>(handler);
    known.forEach(object -> told.waiting.add(each -> each.onAdd(object)));
    all.add(told);
    return told;
  }

  void remove(ResourceEventHandler<? super T> handler) {
    all.removeIf(told -> told.handler == handler);
  }

  /** Takes note of a change; {@link #tell} must be called when no lock is held. */
  void put(Consumer<ResourceEventHandler<? super T>> change) {
    all.forEach(told -> told.waiting.add(change));
  }

  void tell() {
    all.forEach(Told::tell);
  }

  /** A handler, and what it has not been told. */
  static final class Told<T> {
    private final ResourceEventHandler<? super T> handler;
    private final Queue<Consumer<ResourceEventHandler<? super T>>> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger asked = new AtomicInteger(); // tellers; the first one does the work of all

    Told(ResourceEventHandler<? super T> handler) {
      this.handler = handler;
    }

    void tell() {
      if (asked.getAndIncrement() > 0) {
        return;
      }
      int answered = 1;
      do {
        for (var change = waiting.poll(); change != null; change = waiting.poll()) {
          tell(change);
        }
        answered = asked.addAndGet(-answered);
      } while (answered > 0);
    }

    private void tell(Consumer<ResourceEventHandler<? super T>> change) {
      try {
        change.accept(handler);
      } catch (RuntimeException e) {
        LOG.error("a handler of an informer failed", e);
      }
    }
  }
}
