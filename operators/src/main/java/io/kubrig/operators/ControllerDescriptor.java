package io.kubrig.operators;

import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import java.util.function.Function;

/**
 * One line of the list of controllers.
 *
 * @param name the native name, as {@code --controllers} takes it
 * @param alias the short name of old, which is still taken
 * @param serviceAccount the account in kube-system whose identity it gets with {@code --use-service-account-credentials}
 * @param byDefault whether {@code *} means it too
 * @param workersFlag the flag that says how many keys are worked on at once; empty for one worker
 * @param factory makes it
 */
public record ControllerDescriptor(
    String name, String alias, String serviceAccount, boolean byDefault, String workersFlag,
        Function<ControllerContext, Controller> factory) {

  /** How many keys are worked on at once. */
  public int workers(ControllerManagerOptions options) {
    return workersFlag.isEmpty() ? 1 : Math.max(1, options.integer(workersFlag));
  }
}
