package io.kubrig.scheduler.devices;

import io.kubrig.machinery.cel.CelProgram;
import io.kubrig.machinery.cel.DeviceSelector;
import java.util.LinkedHashMap;
import java.util.Map;

/** The selectors that were compiled last. Used by one thread at a time. */
public final class Selectors {
  private static final int KEPT = 256;

  private final Map<String, DeviceSelector> compiled = new LinkedHashMap<>(16, 0.75f, true) {
    private static final long serialVersionUID = 1L;

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, DeviceSelector> eldest) {
      return size() > KEPT;
    }
  };

  /** A selector cannot be compiled or evaluated. */
  static final class Failure extends Exception {
    private static final long serialVersionUID = 1L;

    Failure(String message) {
      super(message);
    }
  }

  DeviceSelector of(String expression) throws Failure {
    DeviceSelector known = compiled.get(expression);
    if (known != null) {
      return known;
    }
    try {
      DeviceSelector selector = DeviceSelector.compile(expression);
      compiled.put(expression, selector);
      return selector;
    } catch (DeviceSelector.InvalidSelectorException e) {
      throw new Failure("CEL compile error: " + e.getMessage());
    }
  }

  static boolean matches(DeviceSelector selector, DeviceSelector.Device device) throws Failure {
    try {
      return selector.matches(device);
    } catch (CelProgram.EvaluationException e) {
      throw new Failure("CEL runtime error: " + e.getMessage());
    }
  }
}
