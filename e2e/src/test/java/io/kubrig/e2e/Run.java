package io.kubrig.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What a finished program left: how it ended, and what it said on standard output and standard error. */
record Run(List<String> command, int code, String out, String err) {

  /** Runs a program to its end; one that takes longer than the limit is killed, which is a failure. */
  static Run of(List<String> command, Map<String, String> environment, String input, Duration limit) {
    try {
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.environment().putAll(environment);
      Process process = builder.start();
      Text out = Text.of(process.getInputStream());
      Text err = Text.of(process.getErrorStream());
      process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().close();
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        throw new AssertionError("'" + String.join(" ", command) + "' did not end within " + limit.toSeconds() + " s\n" + out.now()
            + err.now());
      }
      return new Run(command, process.exitValue(), out.whole(), err.whole());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot run " + command + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted in " + command, e);
    }
  }

  /** The standard output of a run that succeeded; any other is a failure that shows everything. */
  String ok() {
    if (code != 0) {
      throw new AssertionError("'" + String.join(" ", command) + "' ended with " + code + "\n" + out + err);
    }
    return out;
  }

  /** The standard error of a run that failed, as it was meant to. */
  String fails() {
    if (code == 0) {
      throw new AssertionError("'" + String.join(" ", command) + "' was meant to fail and said\n" + out + err);
    }
    return err;
  }
}
