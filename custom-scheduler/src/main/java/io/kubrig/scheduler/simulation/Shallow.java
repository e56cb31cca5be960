package io.kubrig.scheduler.simulation;

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;

/**
 * Copies of API objects that share all their values with the original: what a store needs to keep the old version of an object beside a new
 * one that differs in a few fields. The shared values must not be changed.
 */
final class Shallow {
  /**
   * What there is to copy.
   *
   * @param startsNull for each field, whether a new object has nothing in it
   */
  private record Shape(Constructor<?> constructor, Field[] fields, boolean[] startsNull) {}

  private static final ClassValue<Shape> SHAPES = new ClassValue<>() {
    @Override
    protected Shape computeValue(Class<?> type) {
      try {
        Constructor<?> constructor = type.getConstructor();
        Object fresh = constructor.newInstance();
        Field[] own = Arrays.stream(type.getDeclaredFields()).filter(f -> !Modifier.isStatic(f.getModifiers())).toArray(Field[]::new);
        boolean[] startsNull = new boolean[own.length];
        for (int i = 0; i < own.length; i++) {
          own[i].setAccessible(true);
          startsNull[i] = own[i].get(fresh) == null;
        }
        return new Shape(constructor, own, startsNull);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(type + " is not a plain model class", e);
      }
    }
  };

  private Shallow() {}

  /** A copy of an object of a model class, which has a constructor without parameters and no fields but its own. */
  @SuppressWarnings("unchecked") // an instance of the object's own class
  static <T> T copy(T object) {
    Shape shape = SHAPES.get(object.getClass());
    try {
      Object copy = shape.constructor.newInstance();
      for (int i = 0; i < shape.fields.length; i++) {
        Object value = shape.fields[i].get(object);
        if (value != null || !shape.startsNull[i]) {
          shape.fields[i].set(copy, value);
        }
      }
      return (T) copy;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(object.getClass() + " is not a plain model class", e);
    }
  }

  /** The value of a field, by its name in the API. */
  static Object field(String name, Object object) {
    try {
      return named(name, object.getClass()).get(object);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Gives an object what another one of its class has in a field. */
  static <T> void take(String name, T from, T to) {
    try {
      named(name, to.getClass()).set(to, field(name, from));
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Field named(String name, Class<?> type) {
    return Arrays.stream(SHAPES.get(type).fields).filter(f -> f.getName().equals(name)).findFirst()
        .orElseThrow(() -> new IllegalArgumentException(type + " has no field " + name));
  }
}
