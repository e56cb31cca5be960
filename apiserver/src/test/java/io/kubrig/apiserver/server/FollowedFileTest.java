package io.kubrig.apiserver.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.machinery.clock.VirtualClock;
import io.kubrig.machinery.metrics.KubernetesRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FollowedFileTest {
  private final VirtualClock clock = new VirtualClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final KubernetesRegistry metrics = new KubernetesRegistry();
  private final List<String> used = new ArrayList<>();

  @TempDir Path directory;

  private FollowedFile followed(Path file, FollowedFile.Use use) throws IOException {
    Files.writeString(file, "one");
    return new FollowedFile(file, "one", use, new FollowedFile.Metrics(metrics, clock, "authorization", "apiserver-1"), clock);
  }

  private void changed(Path file, String text) throws IOException {
    Files.writeString(file, text);
    clock.advance(Duration.ofSeconds(10));
  }

  private long reloads(String status) {
    String name = "apiserver_authorization_config_controller_automatic_reloads_total";
    return (long) metrics.find(name).tag("status", status).counters().stream().mapToDouble(counter -> counter.count()).sum();
  }

  @Test
  void a_changed_text_is_used_once() throws IOException {
    Path file = directory.resolve("file");
    try (FollowedFile followed = followed(file, used::add)) {
      clock.advance(Duration.ofMinutes(1));
      changed(file, "two");
      clock.advance(Duration.ofMinutes(1));
      assertThat(used).containsExactly("two");
      assertThat(reloads("success")).isEqualTo(1);
      assertThat(metrics.scrape()).contains("apiserver_authorization_config_controller_last_config_info")
          .contains("hash=\"sha256:3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3\""); // of "two"
    }
  }

  @Test
  void an_invalid_text_is_reported_once_and_leaves_everything_as_it_was() throws IOException {
    Path file = directory.resolve("file");
    FollowedFile.Use use = text -> {
      throw new IllegalArgumentException("not valid");
    };
    try (FollowedFile followed = followed(file, use)) {
      changed(file, "bad");
      clock.advance(Duration.ofMinutes(1));
      assertThat(reloads("failure")).isEqualTo(1);
      assertThat(reloads("success")).isZero();
    }
  }

  @Test
  void what_does_not_work_now_is_tried_again() throws IOException {
    Path file = directory.resolve("file");
    FollowedFile.Use use = text -> {
      used.add(text);
      if (used.size() == 1) {
        throw new IOException("the other file is not there yet");
      }
    };
    try (FollowedFile followed = followed(file, use)) {
      changed(file, "two");
      clock.advance(Duration.ofSeconds(10));
      assertThat(used).containsExactly("two", "two");
      assertThat(reloads("failure")).isEqualTo(1);
      assertThat(reloads("success")).isEqualTo(1);
    }
  }
}
