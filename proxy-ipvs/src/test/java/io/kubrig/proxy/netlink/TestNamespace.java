package io.kubrig.proxy.netlink;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A network namespace of the test's own, with a thread that lives in it: sockets made on that thread belong to it. */
public final class TestNamespace implements AutoCloseable {
  private static final int CLONE_NEWNET = 0x40000000;
  private static final MethodHandle OPEN =
      libc("open", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
  private static final MethodHandle SETNS =
      libc("setns", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

  private final String name;
  private final ExecutorService inside = Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());

  private TestNamespace(String name) {
    this.name = name;
  }

  /** Why namespaces cannot be made here; empty when they can. */
  public static String unavailable() {
    if (!"root".equals(System.getProperty("user.name"))) {
      return "network namespaces need root";
    }
    return Files.isExecutable(Path.of("/usr/sbin/ip")) || Files.isExecutable(Path.of("/sbin/ip"))
        || Files.isExecutable(Path.of("/usr/bin/ip"))
        ? "" : "iproute2 is not installed";
  }

  public static TestNamespace create(String purpose) throws Exception {
    TestNamespace namespace = new TestNamespace("kubrig-" + ProcessHandle.current().pid() + "-" + purpose);
    run("ip", "netns", "add", namespace.name);
    namespace.in(() -> {
      enter("/run/netns/" + namespace.name);
      return null;
    });
    namespace.exec("ip", "link", "set", "lo", "up");
    return namespace;
  }

  public String name() {
    return name;
  }

  /** Runs a task on the thread inside. */
  public <T> T in(Callable<T> task) throws Exception {
    try {
      return inside.submit(task).get(60, TimeUnit.SECONDS);
    } catch (ExecutionException failed) {
      throw failed.getCause() instanceof Exception cause ? cause : failed;
    }
  }

  /** Runs a command inside and returns its output; a failure throws. */
  public String exec(String... command) throws Exception {
    List<String> full = new ArrayList<>(List.of("ip", "netns", "exec", name));
    full.addAll(List.of(command));
    return run(full.toArray(String[]::new));
  }

  /** Connects this namespace ({@code device} with {@code address}) to another one. */
  public void connect(String device, String address, TestNamespace other, String otherDevice, String otherAddress) throws Exception {
    run("ip", "link", "add", device, "netns", name, "type", "veth", "peer", "name", otherDevice, "netns", other.name);
    exec("ip", "addr", "add", address, "dev", device);
    exec("ip", "link", "set", device, "up");
    other.exec("ip", "addr", "add", otherAddress, "dev", otherDevice);
    other.exec("ip", "link", "set", otherDevice, "up");
  }

  @Override
  public void close() throws IOException {
    inside.shutdownNow();
    run("ip", "netns", "del", name);
  }

  private static String run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.onExit().join().exitValue() != 0) {
      throw new IOException(String.join(" ", command) + ": " + output);
    }
    return output;
  }

  private static void enter(String path) {
    try (Arena arena = Arena.ofConfined()) {
      int descriptor = (int) OPEN.invokeExact(arena.allocateFrom(path), 0);
      int result = (int) SETNS.invokeExact(descriptor, CLONE_NEWNET);
      if (descriptor < 0 || result != 0) {
        throw new IllegalStateException("cannot enter " + path);
      }
    } catch (RuntimeException problem) {
      throw problem;
    } catch (Throwable problem) {
      throw new IllegalStateException(problem);
    }
  }

  @SuppressWarnings("restricted")
  private static MethodHandle libc(String name, FunctionDescriptor descriptor) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().find(name).orElseThrow(), descriptor);
  }
}
