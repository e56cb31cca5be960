package io.kubrig.kubelet.logs;

import io.kubrig.kubelet.cri.v1.ContainerStatus;
import io.kubrig.kubelet.cri.v1.Mount;
import io.kubrig.kubelet.pod.RuntimeLabels;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The last words of a container: what it wrote into its termination message file, or the end of its log when the policy says so. */
public final class TerminationMessage {
  /** Both limits are the API's. */
  private static final int MAX_BYTES = 4096;
  private static final int MAX_LOG_BYTES = 2048;
  private static final int MAX_LOG_LINES = 80;

  private TerminationMessage() {}

  /** The message of an ended container; empty when it left none. */
  public static Optional<String> of(ContainerStatus status) {
    String path = status.getAnnotationsOrDefault(RuntimeLabels.TERMINATION_MESSAGE_PATH, "");
    if (path.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> written = status.getMountsList().stream().filter(mount -> mount.getContainerPath().equals(path)).findFirst()
        .map(TerminationMessage::read);
    if (written.isPresent() && !written.get().isEmpty()) {
      return written;
    }
    boolean fallBack = "FallbackToLogsOnError".equals(status.getAnnotationsOrDefault(RuntimeLabels.TERMINATION_MESSAGE_POLICY, ""));
    return fallBack && status.getExitCode() != 0 ? logTail(Path.of(status.getLogPath())) : Optional.empty();
  }

  private static String read(Mount mount) {
    Path file = Path.of(mount.getHostPath());
    try {
      return tail(file, MAX_BYTES);
    } catch (IOException e) {
      return "Error on reading termination log " + file + ": " + e.getMessage();
    }
  }

  private static Optional<String> logTail(Path log) {
    try {
      if (!Files.exists(log)) {
        return Optional.empty();
      }
      List<String> lines = tail(log, 4 * MAX_LOG_BYTES).lines().map(TerminationMessage::content).toList();
      String text = String.join("\n", lines.subList(Math.max(0, lines.size() - MAX_LOG_LINES), lines.size()));
      String message = text.length() > MAX_LOG_BYTES ? text.substring(text.length() - MAX_LOG_BYTES) : text;
      return message.isEmpty() ? Optional.empty() : Optional.of(message + "\n");
    } catch (IOException e) {
      return Optional.of("Error reading termination message from logs: " + e.getMessage());
    }
  }

  /** A line of a CRI log without its time, stream and tag. */
  private static String content(String line) {
    String[] parts = line.split(" ", 4);
    return parts.length == 4 ? parts[3] : "";
  }

  private static String tail(Path file, int limit) throws IOException {
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      long length = in.length();
      byte[] bytes = new byte[(int) Math.min(limit, length)];
      in.seek(length - bytes.length);
      in.readFully(bytes);
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }
}
