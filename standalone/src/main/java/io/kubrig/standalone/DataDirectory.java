package io.kubrig.standalone;

import io.kubrig.machinery.component.StartException;
import io.kubrig.machinery.pki.PemFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The directory of one cluster: {@code pki/} and the kubeconfigs, the storage, logs, and {@code kubrig.lock}, which the process that runs
 * the cluster holds locked as long as it lives and which names that process. A lock outlives no process, so nothing stale can keep a start
 * out.
 */
final class DataDirectory {
  private static final String LOCK = "kubrig.lock";
  private static final String READY = "kubrig.ready";

  private final Path path; // absolute

  DataDirectory(Path path) {
    this.path = path.toAbsolutePath().normalize();
  }

  Path path() {
    return path;
  }

  /** {@code /var/lib/kubrig} for root, {@code ~/.kubrig} for everybody else. */
  static DataDirectory standard() {
    boolean root = System.getProperty("user.name").equals("root");
    return new DataDirectory(root ? Path.of("/var/lib/kubrig") : Path.of(System.getProperty("user.home"), ".kubrig"));
  }

  Path pki() {
    return path.resolve("pki");
  }

  Path adminKubeconfig() {
    return path.resolve("admin.conf");
  }

  /** The kubeconfig of a component, such as {@code scheduler.conf}. */
  Path kubeconfig(String component) {
    return path.resolve(component + ".conf");
  }

  Path log() {
    return path.resolve("kubrig.log");
  }

  Path storage() {
    return path.resolve("storage");
  }

  /** What a node with real containers keeps: runtime, volumes, logs of pods. */
  Path node() {
    return path.resolve("node");
  }

  Path kubeletConfig() {
    return path.resolve("kubelet.yaml");
  }

  /** The kubelet's own directory, as {@code /var/lib/kubelet}. */
  Path kubelet() {
    return node().resolve("kubelet");
  }

  /** What {@code init} or {@code join} was told, for the next start. */
  Path kubeadmConfig() {
    return path.resolve("kubeadm.yaml");
  }

  private Path lockFile() {
    return path.resolve(LOCK);
  }

  /**
   * Makes the directory when it is not there and takes it for this process.
   *
   * @throws StartException when it cannot be written, or another process has it
   */
  Held take() {
    try {
      PemFiles.directory(path);
      FileChannel channel = FileChannel.open(lockFile(), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      FileLock lock = tryLock(channel);
      if (lock == null) {
        channel.close();
        String who = holder().map(process -> " (process " + process.pid() + ")").orElse("");
        throw new StartException(path + " is in use by a running kubrig" + who + ": stop it with 'kubrig down --data-dir " + path + "'");
      }
      channel.truncate(0);
      channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)), 0);
      Files.deleteIfExists(path.resolve(READY));
      return new Held(channel);
    } catch (UncheckedIOException e) {
      throw new StartException("the data directory " + path + " cannot be used: " + reason(e.getCause()), e);
    } catch (IOException e) {
      throw new StartException("the data directory " + path + " cannot be used: " + reason(e), e);
    }
  }

  private static String reason(IOException e) {
    return switch (e) {
      case AccessDeniedException denied -> "permission denied: " + denied.getFile();
      case FileAlreadyExistsException exists -> exists.getFile() + " is no directory";
      default -> String.valueOf(e.getMessage());
    };
  }

  private static FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // another cluster of this very process has it
    }
  }

  /** The process that runs the cluster now; empty when none does. */
  Optional<ProcessHandle> holder() {
    if (!Files.exists(lockFile())) {
      return Optional.empty();
    }
    try (FileChannel channel = FileChannel.open(lockFile(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      FileLock lock = tryLock(channel);
      if (lock != null) {
        lock.release();
        return Optional.empty();
      }
      String pid = Files.readString(lockFile()).strip();
      return pid.matches("\\d+") ? ProcessHandle.of(Long.parseLong(pid)) : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + lockFile() + ": " + e.getMessage(), e);
    }
  }

  boolean isReady() {
    return Files.exists(path.resolve(READY));
  }

  /** Whether the directory was made by kubrig, so that removing it removes nothing else. */
  boolean isOurs() {
    return Files.exists(lockFile(), LinkOption.NOFOLLOW_LINKS);
  }

  /** Removes the directory and everything in it; never follows a link and never leaves the directory. */
  void remove() {
    try (Stream<Path> files = Files.walk(path)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove " + path + ": " + reason(e), e);
    }
  }

  /** The directory, held by this process. */
  final class Held implements AutoCloseable {
    private final FileChannel channel;

    private Held(FileChannel channel) {
      this.channel = channel;
    }

    /** Lets others know that the cluster is ready. */
    void announceReady() {
      PemFiles.write(path.resolve(READY), ProcessHandle.current().pid() + "\n");
    }

    @Override
    public void close() {
      try {
        Files.deleteIfExists(path.resolve(READY));
        channel.close();
      } catch (IOException e) {
        throw new UncheckedIOException("cannot let go of " + path + ": " + e.getMessage(), e);
      }
    }
  }
}
