package io.kubrig.machinery.flags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.machinery.duration.GoDuration;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FlagTypesTest {
  @Test
  void durations_read_and_print_as_native() {
    assertThat(GoDuration.parse("1h2m3s")).isEqualTo(Duration.ofSeconds(3723));
    assertThat(GoDuration.parse("1.5s")).isEqualTo(Duration.ofMillis(1500));
    assertThat(GoDuration.parse("0")).isZero();
    assertThat(GoDuration.parse("-100ms")).isEqualTo(Duration.ofMillis(-100));
    assertThat(GoDuration.format(Duration.ofHours(1))).isEqualTo("1h0m0s");
    assertThat(GoDuration.format(Duration.ofSeconds(60))).isEqualTo("1m0s");
    assertThat(GoDuration.format(Duration.ofMillis(1500))).isEqualTo("1.5s");
    assertThat(GoDuration.format(Duration.ofMillis(100))).isEqualTo("100ms");
    assertThat(GoDuration.format(Duration.ofNanos(1500))).isEqualTo("1.5µs");
    assertThat(GoDuration.format(Duration.ZERO)).isEqualTo("0s");
  }

  @Test
  void what_is_no_duration_is_refused() {
    for (String text : List.of("", "x", "1", "1x", ".s", "1s2")) {
      assertThatThrownBy(() -> GoDuration.parse(text)).isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith("time: ");
    }
  }

  @Test
  void feature_gates_may_name_their_component() {
    assertThat(FlagTypes.MULTIMAP.parse("kube:A=true,B=false")).isEqualTo(Map.of("kube", List.of("A=true"), "", List.of("B=false")));
    assertThat(FlagTypes.BOOL_MAP.parse("A=true,B=false")).isEqualTo(Map.of("A", true, "B", false));
    assertThatThrownBy(() -> FlagTypes.BOOL_MAP.parse("A=maybe")).hasMessageStartingWith("invalid value of A: maybe, err: ");
    assertThatThrownBy(() -> FlagTypes.STRING_MAP.parse("a")).hasMessage("malformed pair, expect string=string");
  }

  @Test
  void addresses_are_literals_only() {
    assertThat(FlagTypes.IP.parse("::1").isLoopbackAddress()).isTrue();
    assertThatThrownBy(() -> FlagTypes.IP.parse("localhost")).hasMessage("failed to parse IP: \"localhost\"");
    assertThat(FlagTypes.IP_PORT.parse("127.0.0.1:10249")).isEqualTo("127.0.0.1:10249");
    assertThatThrownBy(() -> FlagTypes.IP_PORT.parse("127.0.0.1:70000")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void port_ranges_have_three_forms() {
    assertThat(PortRange.parse("30000-32767").size()).isEqualTo(2768);
    assertThat(PortRange.parse("30000+10")).isEqualTo(new PortRange(30000, 30010));
    assertThat(PortRange.parse("80").contains(80)).isTrue();
    assertThat(PortRange.parse("").isEmpty()).isTrue();
    assertThatThrownBy(() -> PortRange.parse("9-1")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void integers_take_the_prefixes_of_the_native_parser() {
    assertThat(FlagTypes.INT32.parse("0x10")).isEqualTo(16);
    assertThat(FlagTypes.INT32.parse("-5")).isEqualTo(-5);
    assertThat(FlagTypes.FLOAT32.format(50.0)).isEqualTo("50");
    assertThat(FlagTypes.FLOAT32.format(0.1)).isEqualTo("0.1");
  }
}
