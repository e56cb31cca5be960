package io.kubrig.kubelet.containerd;

import io.kubrig.kubelet.posix.FileTree;
import io.kubrig.kubelet.posix.Mounts;
import io.kubrig.kubelet.posix.Posix;
import io.kubrig.machinery.clock.Clock;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Our own containerd as a child process.
 *
 * <p>Containers outlive it: each is held by a shim of its own, so a stop and a start in between leave the pods as they are. A daemon
 * that outlived its parent (a kill -9) is taken over when it runs with the same configuration, and replaced otherwise. A daemon that
 * dies by itself is started again. {@link #reset} is what leaves nothing behind.
 */
public final class ContainerdProcess implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ContainerdProcess.class);
  private static final Duration START_LIMIT = Duration.ofSeconds(30);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(10);
  private static final Duration POLL = Duration.ofMillis(10);
  private static final Duration RESTART_DELAY = Duration.ofSeconds(1);
  private static final String NAMESPACE = "k8s.io";

  private final ContainerdConfig config;
  private final HostTools tools;
  private final Clock clock;
  private volatile boolean closing;
  private volatile ProcessHandle process;

  public ContainerdProcess(ContainerdConfig config, HostTools tools, Clock clock) {
    this.config = config;
    this.tools = tools;
    this.clock = clock;
  }

  /** Starts the daemon, or takes over the one that runs, and returns when it answers. */
  public void start() throws IOException, InterruptedException {
    Files.createDirectories(config.directory());
    FileTree.mode(config.directory(), 0700);
    if (!socketDirectory().equals(config.directory())) {
      Files.createDirectories(socketDirectory());
      FileTree.mode(socketDirectory(), 0700);
    }
    String wanted = config.toml();
    Optional<ProcessHandle> running = running();
    if (running.isPresent() && Files.exists(configFile()) && Files.readString(configFile()).equals(wanted) && answers()) {
      LOG.info("Taking over containerd, pid {}, from an earlier run", running.get().pid());
      watch(running.get());
      return;
    }
    if (running.isPresent()) {
      stop(running.get());
    }
    Files.writeString(configFile(), wanted);
    launch();
  }

  /** The address that the kubelet is given. */
  public String endpoint() {
    return "unix://" + config.socket();
  }

  /** Loads a docker archive into the images that pods see. */
  public void importImage(Path archive) throws IOException, InterruptedException {
    Process importer =
        new ProcessBuilder(tools.ctr().toString(), "-a", config.socket().toString(), "-n", NAMESPACE, "images", "import",
                "--snapshotter", config.snapshotter(), archive.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(importer.getInputStream().readAllBytes());
    if (importer.waitFor() != 0) {
      throw new IOException("cannot import " + archive + ": " + output.strip());
    }
  }

  /** Ends the daemon; the pods go on. */
  @Override
  public void close() {
    closing = true;
    ProcessHandle handle = process;
    if (handle != null) {
      stop(handle);
    }
  }

  /**
   * Ends the daemon and everything that it started, and removes all it kept: processes, mounts, network namespaces, files. Pods are
   * best stopped through the runtime before, so that the network plugins take back their rules.
   */
  public void reset(Posix posix) throws IOException {
    close();
    running().ifPresent(this::stop);
    for (ProcessHandle shim : shims()) {
      shim.descendants().forEach(ProcessHandle::destroyForcibly);
      shim.destroyForcibly();
      await(shim, STOP_LIMIT);
    }
    Mounts.detachBelow(config.directory(), posix);
    if (!socketDirectory().equals(config.directory())) {
      FileTree.delete(socketDirectory());
      deleteIfEmpty(socketDirectory().getParent());
    }
    FileTree.delete(config.directory());
  }

  private static void deleteIfEmpty(Path directory) throws IOException {
    try {
      Files.deleteIfExists(directory);
    } catch (DirectoryNotEmptyException others) {
      LOG.debug("{} holds the sockets of others", directory);
    }
  }

  private Path socketDirectory() {
    return config.socket().getParent();
  }

  /** The shims that hold this daemon's containers: known by its socket among their arguments. */
  List<ProcessHandle> shims() {
    String address = config.socket().toString();
    try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
      return all.filter(handle -> isShimOf(handle, address)).toList();
    }
  }

  private static boolean isShimOf(ProcessHandle handle, String address) {
    List<String> words = commandLine(handle);
    int at = words.indexOf("-address");
    return !words.isEmpty() && words.getFirst().contains("containerd-shim") && at > 0 && at + 1 < words.size()
        && words.get(at + 1).equals(address);
  }

  private static List<String> commandLine(ProcessHandle handle) {
    try {
      return List.of(Files.readString(Path.of("/proc", Long.toString(handle.pid()), "cmdline")).split("\0"));
    } catch (IOException gone) {
      return List.of();
    }
  }

  private Path configFile() {
    return config.directory().resolve("config.toml");
  }

  private Path pidFile() {
    return config.directory().resolve("containerd.pid");
  }

  private Path logFile() {
    return config.directory().resolve("containerd.log");
  }

  private void launch() throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(tools.containerd().toString(), "--config", configFile().toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile().toFile()));
    builder.environment().put("PATH", HostTools.searchPath());
    ProcessHandle child = builder.start().toHandle();
    Files.writeString(pidFile(), Long.toString(child.pid()));
    process = child;
    long limit = clock.nanos() + START_LIMIT.toNanos();
    while (!answers()) {
      if (!child.isAlive()) {
        throw new IOException("containerd ended at once; the end of " + logFile() + ":\n" + lastLines());
      }
      if (clock.nanos() > limit) {
        throw new IOException("containerd does not answer on " + config.socket() + " after " + START_LIMIT.toSeconds() + " s; see "
            + logFile());
      }
      clock.sleep(POLL);
    }
    watch(child);
  }

  private void watch(ProcessHandle child) {
    process = child;
    child.onExit().thenRun(this::died);
  }

  private void died() {
    if (closing) {
      return;
    }
    LOG.error("containerd ended by itself, starting it again; see {}", logFile());
    clock.after(RESTART_DELAY, () -> Thread.ofVirtual().name("containerd-restart").start(this::restart));
  }

  private void restart() {
    if (closing) {
      return;
    }
    try {
      launch();
    } catch (IOException e) {
      LOG.error("Cannot start containerd again", e);
      clock.after(RESTART_DELAY, () -> Thread.ofVirtual().name("containerd-restart").start(this::restart));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Optional<ProcessHandle> running() throws IOException {
    if (!Files.exists(pidFile())) {
      return Optional.empty();
    }
    String pid = Files.readString(pidFile()).strip();
    return pid.isEmpty()
        ? Optional.empty()
        : ProcessHandle.of(Long.parseLong(pid)).filter(handle -> commandLine(handle).contains(configFile().toString()));
  }

  private boolean answers() {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return channel.connect(UnixDomainSocketAddress.of(config.socket()));
    } catch (IOException notYet) {
      return false;
    }
  }

  private void stop(ProcessHandle handle) {
    handle.destroy();
    if (!await(handle, STOP_LIMIT)) {
      handle.destroyForcibly();
      await(handle, STOP_LIMIT);
    }
  }

  /**
   * Returns whether the process ended in time. One that nobody has reaped counts as ended: where process 1 is no init, it stays forever.
   */
  private boolean await(ProcessHandle handle, Duration limit) {
    long end = clock.nanos() + limit.toNanos();
    try {
      while (handle.isAlive() && !isZombie(handle)) {
        if (clock.nanos() > end) {
          return false;
        }
        clock.sleep(POLL);
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static boolean isZombie(ProcessHandle handle) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(handle.pid()), "stat"));
      return stat.charAt(stat.lastIndexOf(')') + 2) == 'Z';
    } catch (IOException gone) {
      return true;
    }
  }

  private String lastLines() throws IOException {
    List<String> lines = Files.readAllLines(logFile());
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 10), lines.size()));
  }
}
