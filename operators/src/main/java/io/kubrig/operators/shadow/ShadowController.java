package io.kubrig.operators.shadow;

import io.kubrig.operators.engine.Attempt;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Outcome;
import io.kubrig.operators.engine.Queue;
import java.time.Duration;

/** A controller whose writes change nothing: each is compared with what the other manager does about the same key. */
public final class ShadowController implements Controller {
  /** The other manager comes first, so that little is wanted that is about to be done. */
  private static final Duration LAG = Duration.ofSeconds(1);

  private final Controller controller;
  private final ShadowLedger ledger;
  private Queue queue; // set once by watch, before any reconcile

  /** @param ledger of this controller */
  public ShadowController(Controller controller, ShadowLedger ledger) {
    this.controller = controller;
    this.ledger = ledger;
  }

  @Override
  public void watch(Queue queue) {
    this.queue = queue;
    controller.watch(queue.delayed(LAG));
  }

  @Override
  public Outcome reconcile(Key key) throws InterruptedException {
    Attempt attempt = new Attempt();
    boolean through = false;
    try {
      Outcome outcome = attempt.call(() -> controller.reconcile(key));
      through = true;
      return outcome;
    } finally {
      ledger.refused(attempt.refusals());
      if (through || !attempt.writes().isEmpty()) { // one that failed before it wrote has not decided that nothing is to be written
        ledger.decided(key, attempt.writes()).ifPresent(delay -> queue.addAfter(key, delay));
      }
    }
  }

  @Override
  public Retries retries() {
    return controller.retries();
  }

  @Override
  public void started() {
    controller.started();
  }

  @Override
  public void stopped() {
    controller.stopped();
  }
}
