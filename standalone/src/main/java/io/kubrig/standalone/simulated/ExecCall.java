package io.kubrig.standalone.simulated;

import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A command in a container of a simulated pod.
 *
 * @param pod as its node knows it
 * @param command the program and its arguments
 * @param input what the client sends; ends at once when it sends nothing
 * @param output to the client; discarded when it does not listen
 * @param error likewise
 */
public record ExecCall(Pod pod, String container, List<String> command, boolean tty, InputStream input, OutputStream output,
    OutputStream error) {

  /** Writes a line to the output. */
  public void print(String line) throws IOException {
    output.write((line + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /** Writes a line to the error output. */
  public void printError(String line) throws IOException {
    error.write((line + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /** The command as one would type it. */
  public String line() {
    return String.join(" ", command);
  }
}
