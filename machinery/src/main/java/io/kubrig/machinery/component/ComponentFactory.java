package io.kubrig.machinery.component;

import io.kubrig.machinery.flags.FlagException;
import io.kubrig.machinery.flags.FlagSet;
import io.kubrig.machinery.flags.ParsedFlags;

/** Makes a component from its native command line. Each component module offers one, public and with a public constructor. */
public interface ComponentFactory {

  /** The native name, such as {@code kube-scheduler}; also the user agent and the title of the help output. */
  String name();

  /** The flags the component understands. The same object at every call. */
  FlagSet flags();

  /**
   * Makes the component without starting it: reads configuration files and checks that the settings fit together.
   *
   * @throws FlagException when a flag's value cannot be used
   * @throws StartException when a named file is missing or wrong
   */
  Component create(ParsedFlags flags, Environment environment);
}
