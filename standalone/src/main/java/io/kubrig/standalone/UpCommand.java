package io.kubrig.standalone;

import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.component.Environment;
import io.kubrig.machinery.component.StartException;
import io.kubrig.machinery.logging.LogSettings;
import io.kubrig.machinery.logging.Logging;
import java.io.FileOutputStream;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code kubrig up}: a whole cluster in this process, until it is told to stop. */
@Command(name = "up", description = "Starts a whole cluster on this machine and keeps it running.", showDefaultValues = false)
final class UpCommand implements Callable<Integer> {
  private static final InetSocketAddress ANYWHERE = new InetSocketAddress("192.0.2.1", 9); // TEST-NET-1: nothing is sent there

  @Mixin private DataDirectoryOption data;

  @Option(
      names = "--node",
      paramLabel = "containerd|simulated[:N]",
      converter = NodeModeConverter.class,
      description = "What the nodes are: this machine with containerd, or N nodes in name only (default: containerd as root where it is "
          + "installed).")
  private NodeMode node;

  @Option(
      names = "--storage",
      paramLabel = "embedded|memory|etcd=URL",
      defaultValue = "embedded",
      description = "Where the cluster's state is kept (default: embedded, durable, in the data directory).")
  private String storage;

  @Option(
      names = "--secure-port",
      paramLabel = "P",
      defaultValue = "" + ClusterSettings.DEFAULT_PORT,
      description = "The API server's port (default: ${DEFAULT-VALUE}).")
  private int securePort;

  @Option(names = "--detach", description = "Returns when the cluster is ready; it goes on in the background.")
  private boolean detach;

  @Option(
      names = {"-y", "--yes"},
      description = "Installs what is missing (the container runtime) without asking.")
  private boolean yes;

  @Option(
      names = {"-v", "--v"},
      paramLabel = "N",
      defaultValue = "0",
      description = "Verbosity of the log.")
  private int verbosity;

  @Spec private CommandSpec spec;

  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile String failure = ""; // written once by whoever fails, read by the main thread after that

  @Override
  public Integer call() throws InterruptedException, IOException {
    checkStorage();
    Progress progress = new Progress(System.out, Clock.system(), Terminal.isInteractive());
    DataDirectory directory = data.directory();
    Optional<NodeMode> mode = Optional.empty();
    if (Files.exists(directory.kubeadmConfig())) {
      refuseOptions(directory);
    } else {
      mode = Optional.of(chooseNode(progress));
    }
    if (detach) {
      return new Detached(directory, progress).start(arguments(directory, mode));
    }
    try (DataDirectory.Held held = directory.take()) {
      Logging.configure(new LogSettings(LogSettings.Format.TEXT, verbosity, Map.of()));
      Logging.redirect(new FileOutputStream(directory.log().toFile(), true));
      Environment environment = Environment.ofProcess(this::fail);
      KeptUp cluster = mode.isPresent()
          ? new Cluster(new ClusterSettings(directory, mode.get(), storage, securePort, hostName(), address()), environment, progress)
          : new Remembered(directory).open(environment, progress);
      return run(directory, cluster, held, progress);
    }
  }

  /** A directory that {@code init} or {@code join} made says itself what runs. */
  private void refuseOptions(DataDirectory directory) {
    for (String option : List.of("--node", "--storage", "--secure-port")) {
      if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
        throw new StartException(option + " is not taken for " + directory.path() + ": it was made by 'kubrig init' or 'kubrig join', "
            + "whose settings are in " + directory.kubeadmConfig());
      }
    }
  }

  private int run(DataDirectory directory, KeptUp kept, DataDirectory.Held held, Progress progress) throws InterruptedException {
    try (KeptUp cluster = kept) {
      Thread main = Thread.currentThread();
      Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("stop").unstarted(() -> stop(main, cluster, held)));
      cluster.start();
      progress.done("The cluster is ready. Its log is " + directory.log());
      if (cluster instanceof Cluster) {
        progress.line("export KUBECONFIG=" + directory.adminKubeconfig());
      }
      System.out.flush();
      held.announceReady(); // who waits for this shows what was said until then
      ended.await();
      throw new StartException(failure);
    }
  }

  private static void stop(Thread main, KeptUp cluster, DataDirectory.Held held) {
    main.interrupt(); // a start that is under way ends
    cluster.close();
    held.close();
    Runtime.getRuntime().halt(0); // a stop by signal is a success, which the virtual machine would report as 143
  }

  private void fail(String component, String reason) {
    failure = component + ": " + reason;
    ended.countDown();
  }

  private void checkStorage() {
    if (!storage.equals("embedded") && !storage.equals("memory") && !storage.startsWith("etcd=")) {
      throw new StartException("--storage is embedded, memory or etcd=URL, not '" + storage + "'");
    }
    if (securePort < 1 || securePort > 65535) {
      throw new StartException("--secure-port must be between 1 and 65535, not " + securePort);
    }
  }

  private NodeMode chooseNode(Progress progress) throws InterruptedException {
    if (node instanceof NodeMode.Simulated) {
      return node;
    }
    boolean asked = node != null;
    if (!ContainerRuntime.isRoot()) {
      if (asked) {
        throw new StartException("--node=containerd needs root: containers, their networks and the service rules are the kernel's");
      }
      progress.line("Not root: the node is simulated (--node=simulated), pods run in name only.");
      return new NodeMode.Simulated(1);
    }
    List<String> missing = ContainerRuntime.missingPackages();
    if (missing.isEmpty()) {
      return new NodeMode.Containerd();
    }
    String command = ContainerRuntime.installCommand(missing);
    if (yes) {
      ContainerRuntime.install(missing);
      return new NodeMode.Containerd();
    }
    if (asked) {
      throw new StartException("for real containers this is missing: " + String.join(", ", missing) + ". Install it with\n  " + command
          + "\nor say --yes");
    }
    progress.line("No container runtime: the node is simulated, pods run in name only. For real containers:\n  " + command);
    return new NodeMode.Simulated(1);
  }

  private List<String> arguments(DataDirectory directory, Optional<NodeMode> mode) {
    if (mode.isEmpty()) {
      return List.of("up", "--data-dir=" + directory.path(), "--v=" + verbosity);
    }
    String nodes =
        switch (mode.get()) {
          case NodeMode.Containerd containerd -> "containerd";
          case NodeMode.Simulated simulated -> "simulated:" + simulated.count();
        };
    return List.of(
        "up",
        "--data-dir=" + directory.path(),
        "--node=" + nodes,
        "--storage=" + storage,
        "--secure-port=" + securePort,
        "--v=" + verbosity);
  }

  static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName().strip().toLowerCase(Locale.ROOT);
    } catch (UnknownHostException e) {
      return "localhost"; // a host whose resolver does not know its own name
    }
  }

  /** The address packets to elsewhere leave by; the loopback address on a machine without a network. */
  static InetAddress address() {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(ANYWHERE);
      InetAddress own = socket.getLocalAddress();
      return own.isAnyLocalAddress() ? InetAddress.ofLiteral("127.0.0.1") : own;
    } catch (SocketException e) {
      return InetAddress.ofLiteral("127.0.0.1"); // no route to anywhere
    }
  }

  /** Reads {@code --node}. */
  static final class NodeModeConverter implements CommandLine.ITypeConverter<NodeMode> {
    @Override
    public NodeMode convert(String text) {
      try {
        return NodeMode.parse(text);
      } catch (IllegalArgumentException e) {
        throw new CommandLine.TypeConversionException(e.getMessage());
      }
    }
  }
}
