package io.kubrig.operators.engine;

/** A controller that does not decide anything while the outcome of one of its writes is unknown. */
public final class SettledController implements Controller {
  private final Controller controller;
  private final Api api;

  /** @param api the way that the controller's writes go */
  public SettledController(Controller controller, Api api) {
    this.controller = controller;
    this.api = api;
  }

  @Override
  public void watch(Queue queue) {
    controller.watch(queue);
  }

  @Override
  public Outcome reconcile(Key key) throws InterruptedException {
    return api.settled() ? controller.reconcile(key) : Outcome.RETRY;
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
