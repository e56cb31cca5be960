package io.kubrig.e2e;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** The classes of one of the Java Operator SDK's sample operators, compiled from a checkout of that project as they are. */
final class SampleSources implements AutoCloseable {
  private static final String PACKAGE = "io.javaoperatorsdk.operator.sample.";

  private final URLClassLoader classes;

  private SampleSources(URLClassLoader classes) {
    this.classes = classes;
  }

  /**
   * Compiles an operator against the libraries of this test.
   *
   * @param checkout of the Java Operator SDK
   * @param without simple names of classes that are left out: those that only start a process and a web server
   * @param into an empty directory
   */
  static SampleSources compile(Path checkout, String operator, List<String> without, Path into) throws IOException {
    Path main = checkout.resolve("sample-operators").resolve(operator).resolve("src/main");
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter complaints = new StringWriter();
    try (Stream<Path> files = Files.walk(main.resolve("java"));
        StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
      List<Path> sources = files.filter(file -> file.toString().endsWith(".java"))
          .filter(file -> !without.contains(file.getFileName().toString().replace(".java", ""))).toList();
      List<String> options = List.of("-proc:none", "-nowarn", "-d", into.toString(), "-cp", System.getProperty("java.class.path"));
      if (!compiler.getTask(complaints, manager, null, options, null, manager.getJavaFileObjectsFromPaths(sources)).call()) {
        throw new IllegalStateException(operator + " cannot be compiled:\n" + complaints);
      }
    }
    URL[] where = {into.toUri().toURL(), main.resolve("resources").toUri().toURL()};
    return new SampleSources(new URLClassLoader(where, SampleSources.class.getClassLoader()));
  }

  /** A reconciler of the operator. */
  @SuppressWarnings("unchecked")
  Reconciler<HasMetadata> reconciler(String simpleName, Object... arguments) throws ReflectiveOperationException {
    Class<?> type = classes.loadClass(PACKAGE + simpleName);
    return (Reconciler<HasMetadata>) Arrays.stream(type.getConstructors())
        .filter(constructor -> constructor.getParameterCount() == arguments.length).findFirst().orElseThrow().newInstance(arguments);
  }

  @Override
  public void close() throws IOException {
    classes.close();
  }
}
