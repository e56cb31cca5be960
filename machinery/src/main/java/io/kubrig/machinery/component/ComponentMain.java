package io.kubrig.machinery.component;

import io.kubrig.machinery.config.ConfigException;
import io.kubrig.machinery.flags.Flag;
import io.kubrig.machinery.flags.FlagException;
import io.kubrig.machinery.flags.FlagSet;
import io.kubrig.machinery.flags.ParsedFlags;
import io.kubrig.machinery.logging.LogSettings;
import io.kubrig.machinery.logging.Logging;
import io.kubrig.machinery.pki.PkiException;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One component as a program of its own, with the native program's output and exit codes. */
public final class ComponentMain {
  private static final Logger LOG = LoggerFactory.getLogger(ComponentMain.class);

  private final ComponentFactory factory;
  private final PrintStream out;
  private final PrintStream err;
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile int exitCode; // written by whoever ends the program, read by the main thread after that

  public ComponentMain(ComponentFactory factory, PrintStream out, PrintStream err) {
    this.factory = factory;
    this.out = out;
    this.err = err;
  }

  /**
   * Runs the component until it is told to stop and returns the exit code: 0 after help, version or a clean stop, 1 after an error.
   *
   * @param args the command line without the program's name
   * @param helpWidth columns of the terminal; 0 when there is none
   */
  public int run(List<String> args, int helpWidth) throws InterruptedException {
    FlagSet flags = factory.flags();
    ParsedFlags parsed;
    try {
      parsed = flags.parse(args);
      if (parsed.helpWanted()) {
        out.print(flags.helpText(helpWidth));
        return 0;
      }
      if (!parsed.versionWanted().equals("false")) {
        out.println(version(parsed.versionWanted()));
        return 0;
      }
      Logging.configure(logSettings(parsed));
    } catch (FlagException e) {
      err.println("Error: " + e.getMessage());
      return 1;
    }
    parsed.warnings().forEach(err::println);
    parsed.effective().forEach((name, value) -> LOG.debug("FLAG: --{}=\"{}\"", name, value));
    return serve(parsed);
  }

  private static String version(String wanted) {
    return wanted.startsWith("v") ? "Kubernetes " + wanted : "Kubernetes " + KubernetesVersion.GIT_VERSION;
  }

  private LogSettings logSettings(ParsedFlags parsed) {
    Function<String, String> text = name -> factory.flags().find(name).map(flag -> format(flag, parsed)).orElse("");
    LogSettings.Format format = text.apply("logging-format").equals("json") ? LogSettings.Format.JSON : LogSettings.Format.TEXT;
    String verbosity = text.apply("v");
    return LogSettings.of(format, verbosity.isEmpty() ? 0 : Integer.parseInt(verbosity), text.apply("vmodule"));
  }

  private static <T> String format(Flag<T> flag, ParsedFlags parsed) {
    return flag.type().format(parsed.value(flag));
  }

  private int serve(ParsedFlags parsed) throws InterruptedException {
    Environment environment = Environment.ofProcess(new Ends());
    try (Component component = factory.create(parsed, environment)) {
      Thread stopper = Thread.ofPlatform().name("stop").unstarted(() -> stop(component));
      Runtime.getRuntime().addShutdownHook(stopper);
      component.start();
      ended.await();
      return exitCode;
    } catch (FlagException | StartException | ConfigException | PkiException e) {
      LOG.atError().addKeyValue("err", e.getMessage()).log("command failed");
      exitCode = 1;
      return exitCode;
    }
  }

  private void stop(Component component) {
    component.close();
    Runtime.getRuntime().halt(exitCode); // a stop by signal is a success, which the virtual machine would report as 143
  }

  private final class Ends implements FailureListener {
    @Override
    public void failed(String component, String reason) {
      LOG.error("{}: {}", component, reason);
      exitCode = 1;
      ended.countDown();
    }

    @Override
    public void finished(String component) {
      ended.countDown();
    }
  }
}
