package io.kubrig.standalone.simulated;

import java.io.IOException;

/** Answers commands in containers of simulated pods: the programs that an image would have. */
@FunctionalInterface
public interface ExecHandler {

  /**
   * Runs a command. Each call has a thread of its own, which is interrupted when the client goes away.
   *
   * @return the exit code
   */
  int run(ExecCall call) throws IOException, InterruptedException;
}
