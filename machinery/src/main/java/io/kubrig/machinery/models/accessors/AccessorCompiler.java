package io.kubrig.machinery.models.accessors;

import static java.lang.classfile.ClassFile.ACC_FINAL;
import static java.lang.classfile.ClassFile.ACC_PUBLIC;
import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_String;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.INIT_NAME;
import static java.lang.constant.ConstantDescs.MTD_void;

import io.fabric8.kubernetes.api.model.KubernetesResource;
import java.io.File;
import java.io.IOException;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Makes the accessors of all models on the class path that components may meet: those of stable versions. Part of the build. */
public final class AccessorCompiler {
  private static final ClassDesc ACCESSOR = ClassDesc.of(ModelAccessor.class.getName());
  private static final Pattern UNSTABLE = Pattern.compile("\\.v\\d+(alpha|beta)\\d+\\.");
  private static final int BEAN = 1; // local variables of get and set
  private static final int PROPERTY = 2;
  private static final int VALUE = 3;

  private AccessorCompiler() {}

  /** A property that has a getter and a setter. */
  private record Property(Method getter, Method setter) {
    String key() {
      return ModelAccessor.key(getter.getName(), getter.getReturnType());
    }

    static List<Property> of(Class<?> model) {
      List<Property> properties = new ArrayList<>();
      for (Method getter : model.getMethods()) {
        boolean plain = getter.getName().startsWith("get") && getter.getParameterCount() == 0
            && !getter.getReturnType().isPrimitive() && !getter.isBridge() && !Modifier.isStatic(getter.getModifiers());
        if (plain) {
          setter(model, getter).ifPresent(setter -> properties.add(new Property(getter, setter)));
        }
      }
      properties.sort(Comparator.comparing(Property::key));
      return properties;
    }

    private static Optional<Method> setter(Class<?> model, Method getter) {
      String name = "set" + getter.getName().substring("get".length());
      return Stream.of(model.getMethods())
          .filter(method -> method.getName().equals(name) && method.getReturnType() == void.class && method.getParameterCount() == 1
              && method.getParameterTypes()[0] == getter.getReturnType())
          .findFirst();
    }
  }

  /** @param arguments the folder of compiled classes */
  public static void main(String[] arguments) throws IOException, ClassNotFoundException {
    Path classes = Path.of(arguments[0]);
    for (String name : names()) {
      Class<?> model = Class.forName(name, false, AccessorCompiler.class.getClassLoader());
      List<Property> properties = isModel(model) ? Property.of(model) : List.of();
      if (!properties.isEmpty()) {
        String accessor = ModelAccessor.ACCESSORS + name.substring(ModelAccessor.MODELS.length());
        Path file = classes.resolve(accessor.replace('.', '/') + ".class");
        Files.createDirectories(file.getParent());
        Files.write(file, accessor(ClassDesc.of(accessor), model, properties));
      }
    }
  }

  private static List<String> names() throws IOException {
    List<String> names = new ArrayList<>();
    for (String place : System.getProperty("java.class.path").split(File.pathSeparator)) {
      if (place.endsWith(".jar") && place.contains("kubernetes-model")) {
        try (JarFile jar = new JarFile(place)) {
          jar.stream().map(entry -> entry.getName().replace('/', '.'))
              .filter(name -> name.startsWith(ModelAccessor.MODELS) && name.endsWith(".class") && !UNSTABLE.matcher(name).find())
              .forEach(name -> names.add(name.substring(0, name.length() - ".class".length())));
        }
      }
    }
    return names;
  }

  private static boolean isModel(Class<?> type) {
    return KubernetesResource.class.isAssignableFrom(type) && Modifier.isPublic(type.getModifiers())
        && !Modifier.isAbstract(type.getModifiers()) && type.getEnclosingClass() == null
        && Stream.of(type.getConstructors()).anyMatch(constructor -> constructor.getParameterCount() == 0);
  }

  private static byte[] accessor(ClassDesc name, Class<?> model, List<Property> properties) {
    ClassDesc bean = ClassDesc.of(model.getName());
    String keys = properties.stream().map(Property::key).collect(Collectors.joining(" "));
    return ClassFile.of().build(name, type -> {
      type.withFlags(ACC_PUBLIC | ACC_FINAL).withSuperclass(ACCESSOR);
      method(type, INIT_NAME, MTD_void, code -> code.aload(0).ldc(keys)
          .invokespecial(ACCESSOR, INIT_NAME, MethodTypeDesc.of(CD_void, CD_String)).return_());
      method(type, "create", MethodTypeDesc.of(CD_Object),
          code -> code.new_(bean).dup().invokespecial(bean, INIT_NAME, MTD_void).areturn());
      method(type, "get", MethodTypeDesc.of(CD_Object, CD_Object, CD_int),
          code -> choose(code, bean, properties, (of, chosen) ->
              of.invokevirtual(bean, chosen.getter().getName(), type(chosen.getter())).areturn()));
      method(type, "set", MethodTypeDesc.of(CD_void, CD_Object, CD_int, CD_Object),
          code -> choose(code, bean, properties, (of, chosen) -> of.aload(VALUE)
              .checkcast(descriptor(chosen.getter().getReturnType()))
              .invokevirtual(bean, chosen.setter().getName(), type(chosen.setter())).return_()));
    });
  }

  private static void method(ClassBuilder type, String name, MethodTypeDesc of, Consumer<CodeBuilder> code) {
    type.withMethodBody(name, of, ACC_PUBLIC, code::accept);
  }

  /** What is to be done with the object, which is on the stack, for each property. */
  private static void choose(CodeBuilder code, ClassDesc bean, List<Property> properties, BiConsumer<CodeBuilder, Property> chosen) {
    List<SwitchCase> cases = new ArrayList<>();
    for (int i = 0; i < properties.size(); i++) {
      cases.add(SwitchCase.of(i, code.newLabel()));
    }
    Label none = code.newLabel();
    ClassDesc unknown = ClassDesc.of(IndexOutOfBoundsException.class.getName());
    code.aload(BEAN).checkcast(bean).iload(PROPERTY).tableswitch(0, properties.size() - 1, none, cases);
    for (int i = 0; i < properties.size(); i++) {
      code.labelBinding(cases.get(i).target());
      chosen.accept(code, properties.get(i));
    }
    code.labelBinding(none).pop().new_(unknown).dup().iload(PROPERTY)
        .invokespecial(unknown, INIT_NAME, MethodTypeDesc.of(CD_void, CD_int)).athrow();
  }

  private static MethodTypeDesc type(Method method) {
    ClassDesc[] parameters = Stream.of(method.getParameterTypes()).map(AccessorCompiler::descriptor).toArray(ClassDesc[]::new);
    return MethodTypeDesc.of(descriptor(method.getReturnType()), parameters);
  }

  private static ClassDesc descriptor(Class<?> type) {
    return ClassDesc.ofDescriptor(type.descriptorString());
  }
}
