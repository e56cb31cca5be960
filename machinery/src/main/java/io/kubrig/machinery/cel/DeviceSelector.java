package io.kubrig.machinery.cel;

import dev.cel.common.types.CelType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.extensions.CelExtensions;
import io.kubrig.machinery.quantity.Quantity;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An expression that chooses devices: true for those it wants. Safe for concurrent use.
 *
 * <p>Source: KEP-4381, k8s.io/dynamic-resource-allocation/cel.
 */
public final class DeviceSelector {
  private static final String DEVICE = "device";

  private final CelProgram program;

  private DeviceSelector(CelProgram program) {
    this.program = program;
  }

  /** Made when the first expression is compiled. */
  private static final class Shared {
    static final CelEnvironment ENVIRONMENT = environment();

    private static CelEnvironment environment() {
      CelTypes.Types types = new CelTypes.Types();
      Map<String, CelType> fields = new HashMap<>();
      fields.put("driver", SimpleType.STRING);
      fields.put("allowMultipleAllocations", SimpleType.BOOL);
      fields.put("attributes", domains(SimpleType.ANY));
      fields.put("capacity", domains(CelTypes.QUANTITY));
      CelType device = types.struct("kubernetes.DRADevice", fields);
      return new CelEnvironment(new CelLanguage(List.of(CelExtensions.bindings()), List.of(Formats::addTo)), types, Map.of(DEVICE, device));
    }

    private static CelType domains(CelType value) {
      return MapType.create(SimpleType.STRING, MapType.create(SimpleType.STRING, value));
    }
  }

  /**
   * What an expression can know of a device.
   *
   * @param attributes by domain and name: Long, Boolean, String or {@link Semver}
   * @param capacity by domain and name
   */
  public record Device(String driver, boolean allowMultipleAllocations, Map<String, Map<String, Object>> attributes,
      Map<String, Map<String, Quantity>> capacity) {}

  /** Compiles an expression; the message of a failure is native's. */
  public static DeviceSelector compile(String expression) throws InvalidSelectorException {
    try {
      CelProgram program = Shared.ENVIRONMENT.compile(expression);
      CelType type = program.type();
      if (!type.equals(SimpleType.BOOL) && !type.equals(SimpleType.ANY)) {
        throw new InvalidSelectorException("must evaluate to bool or the unknown type, not " + type.name());
      }
      return new DeviceSelector(program);
    } catch (CelEnvironment.CompileException e) {
      throw new InvalidSelectorException("compilation failed: " + e.getMessage());
    }
  }

  /** Whether a device is wanted. A domain that the device does not know is empty; an unknown name is a failure. */
  public boolean matches(Device device) throws CelProgram.EvaluationException {
    Map<String, Object> value = new HashMap<>();
    value.put("driver", device.driver());
    value.put("allowMultipleAllocations", device.allowMultipleAllocations());
    value.put("attributes", new Domains(device.attributes()));
    value.put("capacity", new Domains(device.capacity()));
    Object result = program.evaluate(Map.of(DEVICE, value), new CelProgram.Budget(CelProgram.PER_CALL));
    if (result instanceof Boolean answer) {
      return answer;
    }
    throw new CelProgram.EvaluationException("CEL result of type " + typeName(result)
        + " could not be converted to bool: type conversion error from '"
        + typeName(result) + "' to 'bool'", false);
  }

  private static String typeName(Object value) {
    return switch (value) {
      case Long number -> "int";
      case String text -> "string";
      case Semver version -> CelTypes.SEMVER.name();
      default -> value.getClass().getSimpleName();
    };
  }

  /** An expression that cannot be used, and why. */
  public static final class InvalidSelectorException extends Exception {
    private static final long serialVersionUID = 1;

    InvalidSelectorException(String message) {
      super(message);
    }
  }

  /** A map in which every domain is there, if only with nothing in it. */
  private static final class Domains extends HashMap<String, Object> {
    private static final long serialVersionUID = 1;

    Domains(Map<String, ?> known) {
      super(known);
    }

    @Override
    public Object get(Object domain) {
      return super.getOrDefault(domain, Map.of());
    }

    @Override
    public Object getOrDefault(Object domain, Object other) {
      return get(domain);
    }

    @Override
    public boolean containsKey(Object domain) {
      return domain instanceof String;
    }
  }
}
