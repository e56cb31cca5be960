package io.kubrig.operators.engine;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/** One reconcile, known to every thread that works for it: it keeps account of what is written meanwhile. */
public final class Attempt {
  private static final ScopedValue<Attempt> CURRENT = ScopedValue.newInstance();

  private final Map<String, Write> writes = new LinkedHashMap<>(); // by the id of the request; guarded by this
  private int refusals; // guarded by this

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

  /** Puts a write to account, once for each id of a request. */
  public synchronized void wrote(String id, Write write) {
    writes.putIfAbsent(id, write);
  }

  /** Takes a write off the account: the server does not let it be done, so that nobody else can have done it. */
  public synchronized void refused(String id) {
    if (writes.remove(id) != null) {
      refusals++;
    }
  }

  /** All writes until now but those that were refused. */
  public synchronized List<Write> writes() {
    return List.copyOf(writes.values());
  }

  /** How many writes were refused. */
  public synchronized int refusals() {
    return refusals;
  }
}
