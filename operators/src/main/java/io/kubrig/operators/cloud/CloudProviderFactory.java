package io.kubrig.operators.cloud;

import io.kubrig.operators.ControllerManagerOptions;
import io.kubrig.operators.engine.ControllerContext;

/**
 * Makes providers of one name; found by {@code ServiceLoader}, so it has a public constructor without parameters.
 *
 * <p>Each controller has a provider of its own, made with the controller's context: its account, the shared caches (to be asked for in
 * {@link #create} only), the manager's flags ({@code cloud-config} names the configuration file, {@code cluster-name} the cluster).
 */
public interface CloudProviderFactory {

  /** The name that {@code --cloud-provider} takes. */
  String name();

  /**
   * Looks whether a provider can be made, before anything starts.
   *
   * @throws RuntimeException the configuration makes no sense; the message is shown to who started the manager
   */
  default void check(ControllerManagerOptions options) {}

  /** A provider for one controller. */
  CloudProvider create(ControllerContext context);
}
