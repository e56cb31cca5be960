package io.kubrig.machinery.logging;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.machinery.flags.FlagSet;
import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class LoggingTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Logger log = LoggerFactory.getLogger(LoggingTest.class);
  private final Logger library = LoggerFactory.getLogger("io.fabric8.kubernetes.client.Something");

  @BeforeEach
  void capture() {
    Logging.redirect(out);
  }

  @AfterEach
  void restore() {
    Logging.redirect(new FileOutputStream(FileDescriptor.err));
    Logging.configure(LogSettings.DEFAULT);
  }

  private String written() {
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void a_plain_message_follows_the_native_header() {
    log.info("started {} of {}", 1, 2);
    assertThat(written()).matches("I\\d{4} \\d\\d:\\d\\d:\\d\\d\\.\\d{6} [ \\d]{7,} LoggingTest\\.java:\\d+] started 1 of 2\n");
  }

  @Test
  void key_values_follow_a_quoted_message() {
    log.atInfo().addKeyValue("pod", "default/web").addKeyValue("count", 3).log("Say \"hi\"");
    assertThat(written()).endsWith("] \"Say \\\"hi\\\"\" pod=\"default/web\" count=3\n").contains(" LoggingTest.java:");
  }

  @Test
  void an_error_names_its_cause_and_shows_where_it_was() {
    log.error("Failed", new IllegalStateException("no luck"));
    assertThat(written()).startsWith("E").contains("] \"Failed\" err=\"no luck\"\n")
        .contains("at io.kubrig.machinery.logging.LoggingTest.");
  }

  @Test
  void verbosity_opens_debug_then_trace_for_own_classes_and_less_for_libraries() {
    log.debug("hidden");
    library.info("hidden");
    library.warn("shown");
    Logging.configure(new LogSettings(LogSettings.Format.TEXT, 4, Map.of()));
    log.debug("now shown");
    log.trace("hidden");
    library.info("now shown too");
    assertThat(written()).doesNotContain("hidden").contains("] shown").contains("] now shown\n").contains("] now shown too\n");
  }

  @Test
  void a_pattern_raises_the_verbosity_of_some_files_only() {
    Logging.configure(new LogSettings(LogSettings.Format.TEXT, 0, Map.of("Logging*", 6)));
    log.trace("shown");
    LoggerFactory.getLogger("io.kubrig.Other").debug("hidden");
    assertThat(written()).contains("shown").doesNotContain("hidden");
  }

  @Test
  void json_lines_hold_the_native_keys() {
    Logging.configure(new LogSettings(LogSettings.Format.JSON, 0, Map.of()));
    log.atInfo().addKeyValue("pod", "a\nb").log("Bound");
    log.error("Failed", new IllegalStateException("x"));
    assertThat(written().lines())
        .satisfiesExactly(
            line -> assertThat(line)
                .matches("\\{\"ts\":\\d{13}\\.\\d{4},\"caller\":\"LoggingTest.java:\\d+\",\"msg\":\"Bound\",\"v\":0,\"pod\":\"a\\\\nb\"}"),
            line -> assertThat(line).endsWith("\"msg\":\"Failed\",\"err\":\"x\"}"));
  }

  @Test
  void the_flags_are_the_native_ones() {
    FlagSet set = new FlagSet("kube-scheduler", "");
    LoggingFlags flags = new LoggingFlags(set);
    LogSettings settings = flags.settings(set.parse(List.of("-v2", "--logging-format=json", "--vmodule=a*=3,B=4")));
    assertThat(settings).isEqualTo(new LogSettings(LogSettings.Format.JSON, 2, Map.of("a*", 3, "B", 4)));
  }
}
