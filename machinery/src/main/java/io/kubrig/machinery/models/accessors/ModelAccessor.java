package io.kubrig.machinery.models.accessors;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes objects of one model, and reads and writes their properties, by direct calls. Its subclasses are made by {@link AccessorCompiler};
 * one is loaded when its model is asked for. Reflection would do the same, but goes through method handles, which the first compiler does
 * not see through.
 */
public abstract class ModelAccessor {
  /** Where Fabric8's models are, and below the package of this class their accessors by the same names. */
  static final String MODELS = "io.fabric8.kubernetes.api.model.";

  static final String ACCESSORS = ModelAccessor.class.getPackageName() + ".";

  private static final Map<Class<?>, Optional<ModelAccessor>> KNOWN = new ConcurrentHashMap<>();

  private final List<String> properties;
  private final int size;

  /** @param properties of the model, as {@link #key} names them, by their numbers, with blanks between them */
  protected ModelAccessor(String properties) {
    this.properties = List.of(properties.split(" "));
    this.size = this.properties.size();
  }

  /**
   * The accessor of a model; there is none for the classes of others, for versions before the stable one, and for what has no public
   * constructor without arguments.
   */
  public static Optional<ModelAccessor> of(Class<?> model) {
    Optional<ModelAccessor> known = KNOWN.get(model);
    return known != null ? known : KNOWN.computeIfAbsent(model, ModelAccessor::load);
  }

  private static Optional<ModelAccessor> load(Class<?> model) {
    if (!model.getName().startsWith(MODELS)) {
      return Optional.empty();
    }
    try {
      Class<?> accessor = Class.forName(ACCESSORS + model.getName().substring(MODELS.length()));
      Constructor<? extends ModelAccessor> constructor = accessor.asSubclass(ModelAccessor.class).getConstructor();
      return Optional.of(constructor.newInstance());
    } catch (ClassNotFoundException e) {
      return Optional.empty();
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("the accessor of " + model.getName() + " cannot be made", e);
    }
  }

  /** A new, empty object of the model. */
  public abstract Object create();

  /** What the getter of a property returns. */
  public abstract Object get(Object bean, int property);

  /**
   * Calls the setter of a property.
   *
   * @throws ClassCastException when the value is not of the property's type
   */
  public abstract void set(Object bean, int property, Object value);

  /** The number of the property of which a method is the getter or setter; negative when it is of none that has both. */
  public final int property(Method method) {
    String name = method.getName();
    if (name.startsWith("get") && method.getParameterCount() == 0) {
      return properties.indexOf(key(name, method.getReturnType()));
    }
    boolean setter = name.startsWith("set") && method.getParameterCount() == 1 && method.getReturnType() == void.class;
    return setter ? properties.indexOf(key(name, method.getParameterTypes()[0])) : -1;
  }

  /** How many properties there are; they are numbered from zero. */
  public final int properties() {
    return size;
  }

  /** The number of the text of this name; negative when there is none. */
  public final int text(String name) {
    return properties.indexOf(name + ":" + String.class.getName());
  }

  /** The name of a property and its type, so that one whose type has changed since is not known. */
  static String key(String method, Class<?> type) {
    return method.substring("get".length()) + ":" + type.getName();
  }
}
