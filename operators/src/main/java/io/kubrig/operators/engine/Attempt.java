package io.kubrig.operators.engine;

import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;

/** One reconcile, known to every thread that works for it: it keeps account of what is written meanwhile. */
public final class Attempt {
  private static final ScopedValue<Attempt> CURRENT = ScopedValue.newInstance();

  private final Queue<Write> writes = new ConcurrentLinkedQueue<>();

  /** The reconcile that this thread works for. */
  public static Optional<Attempt> current() {
    return CURRENT.isBound() ? Optional.of(CURRENT.get()) : Optional.empty();
  }

  /** Works for this attempt. */
  public <R, X extends Throwable> R call(ScopedValue.CallableOp<R, X> work) throws X {
    return ScopedValue.where(CURRENT, this).call(work);
  }

  /** Work for the attempt of this thread, to be done by another one. */
  static <R> Callable<R> carried(Callable<R> work) {
    return current().<Callable<R>>map(attempt -> () -> attempt.call(work::call)).orElse(work);
  }

  /** Puts a write to account. */
  public void wrote(Write write) {
    writes.add(write);
  }

  /** All writes until now. */
  public List<Write> writes() {
    return List.copyOf(writes);
  }
}
