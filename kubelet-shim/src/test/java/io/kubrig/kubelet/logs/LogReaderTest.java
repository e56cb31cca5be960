package io.kubrig.kubelet.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.kubelet.pod.Pods;
import io.kubrig.machinery.clock.VirtualClock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogReaderTest {
  @TempDir Path directory;
  private Path log;
  private final VirtualClock clock = new VirtualClock(Pods.START.plusSeconds(100));

  @BeforeEach
  void writeLog() throws IOException {
    log = directory.resolve("0.log");
    Files.writeString(
        log,
        """
        2026-01-01T00:00:01.5Z stdout F one
        2026-01-01T00:00:02Z stderr P tw
        2026-01-01T00:00:02Z stderr F o
        2026-01-01T00:01:03Z stdout F three
        """);
  }

  private String read(Map<String, String> query) throws IOException, InterruptedException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new LogReader(log, LogOptions.parse(query, clock.now()), clock).copyTo(out, () -> false);
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void parts_of_a_line_are_put_together() throws Exception {
    assertThat(read(Map.of())).isEqualTo("one\ntwo\nthree\n");
  }

  @Test
  void times_are_shown_when_asked_for() throws Exception {
    assertThat(read(Map.of("timestamps", "true", "tailLines", "1"))).isEqualTo("2026-01-01T00:01:03Z three\n");
  }

  @Test
  void only_the_last_lines_are_shown_when_asked_for() throws Exception {
    assertThat(read(Map.of("tailLines", "1"))).isEqualTo("three\n");
    assertThat(read(Map.of("tailLines", "0"))).isEmpty();
    assertThat(read(Map.of("tailLines", "99"))).isEqualTo("one\ntwo\nthree\n");
  }

  @Test
  void old_lines_are_left_out() throws Exception {
    assertThat(read(Map.of("sinceSeconds", "60"))).isEqualTo("three\n");
    assertThat(read(Map.of("sinceTime", "2026-01-01T00:00:02Z"))).isEqualTo("two\nthree\n");
  }

  @Test
  void reading_stops_at_the_limit() throws Exception {
    assertThat(read(Map.of("limitBytes", "5"))).isEqualTo("one\nt");
  }

  @Test
  void one_stream_can_be_asked_for() throws Exception {
    assertThat(read(Map.of("stream", "Stderr"))).isEqualTo("two\n");
  }

  @Test
  void following_goes_on_over_a_rotation_until_the_run_ends() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int[] asked = {0};
    LogOptions follow = LogOptions.parse(Map.of("follow", "true", "tailLines", "1"), clock.now());
    new LogReader(log, follow, new ImmediateSleep(clock)).copyTo(out, () -> step(asked[0]++));
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("three\nfour\nfive\n");
  }

  /** What the container does between two looks; false when it has ended. */
  private boolean step(int turn) {
    try {
      switch (turn) {
        case 0 -> Files.writeString(log, "2026-01-01T00:01:04Z stdout F four\n", StandardOpenOption.APPEND);
        case 1 -> {
          Files.move(log, directory.resolve("0.log.1"));
          Files.writeString(log, "2026-01-01T00:01:05Z stdout F five\n");
        }
        default -> {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void a_wrong_parameter_is_named() {
    assertThatThrownBy(() -> LogOptions.parse(Map.of("tailLines", "x"), clock.now())).hasMessage("tailLines must be a number");
    assertThatThrownBy(() -> LogOptions.parse(Map.of("sinceSeconds", "0"), clock.now())).hasMessage("sinceSeconds must be greater than 0");
  }

  /** Time in which sleeping takes no time. */
  private record ImmediateSleep(VirtualClock clock) implements io.kubrig.machinery.clock.Clock {
    @Override
    public Instant now() {
      return clock.now();
    }

    @Override
    public long nanos() {
      return clock.nanos();
    }

    @Override
    public Timer after(Duration delay, Runnable task) {
      return clock.after(delay, task);
    }

    @Override
    public void sleep(Duration duration) {
      clock.advance(duration);
    }
  }
}
