package io.kubrig.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The processes of the server that is measured, as the kernel accounts for them in {@code /proc}. What they spend says more than the time
 * that passes where other work shares the machine.
 *
 * @param ids of all of them: a native server and its etcd count together
 */
public record ServerProcesses(List<Long> ids) {
  /** Clock ticks of {@code /proc/PID/stat}, which Linux shows to programs as hundredths of a second. */
  private static final double TICKS_PER_SECOND = 100;

  /** Processor time so far, user and system. Unit: seconds. */
  public double processorSeconds() throws IOException {
    long ticks = 0;
    for (long id : ids) {
      String stat = Files.readString(Path.of("/proc", Long.toString(id), "stat"), StandardCharsets.ISO_8859_1);
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      ticks += Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }
    return ticks / TICKS_PER_SECOND;
  }

  /** Resident memory now. Unit: MiB. */
  public double residentMebibytes() throws IOException {
    return mebibytes("VmRSS:");
  }

  /** The most resident memory since {@link #forgetPeak()}. Unit: MiB. */
  public double peakMebibytes() throws IOException {
    return mebibytes("VmHWM:");
  }

  /** Lets the peak begin anew with what is resident now. */
  public void forgetPeak() throws IOException {
    for (long id : ids) {
      Files.writeString(Path.of("/proc", Long.toString(id), "clear_refs"), "5");
    }
  }

  private double mebibytes(String field) throws IOException {
    double sum = 0;
    for (long id : ids) {
      for (String line : Files.readAllLines(Path.of("/proc", Long.toString(id), "status"), StandardCharsets.ISO_8859_1)) {
        if (line.startsWith(field)) {
          sum += Long.parseLong(line.substring(field.length()).replace("kB", "").strip()) / 1024.0;
        }
      }
    }
    return sum;
  }
}
