package io.kubrig.testkit.traffic;

import java.util.List;
import java.util.Map;

/**
 * A fault that struck, or is to strike, one call.
 *
 * @param time which of the calls that read the same, from 1
 * @param call as {@link Call#toString} writes it
 */
public record Strike(int time, String call, Fault fault) {
  private static final Map<String, Fault> NAMED =
      Map.of(
          "conflict", Fault.conflict(),
          "too-many-requests", Fault.tooManyRequests(),
          "internal-error", Fault.internalError(),
          "unavailable", Fault.unavailable(),
          "timeout-after-commit", Fault.timeoutAfterCommit(),
          "lost", new Fault.Lost(),
          "answer-lost", new Fault.AnswerLost());

  /** Reads the lines that strikes are written as. Empty lines are skipped. */
  public static List<Strike> parse(String lines) {
    return lines.lines().map(String::strip).filter(line -> !line.isEmpty()).map(Strike::line).toList();
  }

  private static Strike line(String line) {
    String[] words = line.split(" ", 3);
    Fault fault = words.length == 3 ? NAMED.get(words[0]) : null;
    if (fault == null || !words[1].matches("[1-9][0-9]*")) {
      throw new IllegalArgumentException("a strike is one of " + NAMED.keySet() + ", a number and a call, not: " + line);
    }
    return new Strike(Integer.parseInt(words[1]), words[2], fault);
  }

  /** One line, which {@link #parse} reads: the fault, which of the calls, and the call. */
  @Override
  public String toString() {
    String name = NAMED.entrySet().stream().filter(entry -> entry.getValue().equals(fault)).map(Map.Entry::getKey).findFirst()
        .orElseGet(fault::toString);
    return name + " " + time + " " + call;
  }
}
