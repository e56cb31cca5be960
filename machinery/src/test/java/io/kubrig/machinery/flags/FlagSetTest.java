package io.kubrig.machinery.flags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FlagSetTest {
  private final FlagSet set = new FlagSet("kube-scheduler", "The scheduler.");
  private final FlagSection misc = set.section("misc");
  private final Flag<String> config = misc.string("config", "", "The path to the configuration `file`.");
  private final Flag<Integer> port = set.section("secure serving").int32("secure-port", 10259, "The port.");
  private final Flag<Boolean> elect = misc.bool("leader-elect", true, "Elect a leader.");
  private final Flag<Boolean> plain = misc.bool("plain", false, "Plain.").shorthand('p');
  private final Flag<Integer> level = misc.flag("v", FlagTypes.LEVEL, 0, "number for the log level verbosity").shorthand('v');
  private final Flag<Duration> period = misc.duration("retry-period", Duration.ofSeconds(2), "Period.");
  private final Flag<List<String>> names = misc.strings("names", List.of("a"), "Names.");
  private final Flag<Map<String, String>> labels = misc.stringMap("node-labels", "Labels.");
  private final Flag<String> old = misc.string("old", "", "Old.").deprecated("use --config instead");
  private final Flag<String> cloud = misc.inert("cloud-provider", FlagTypes.STRING, "", "there are no cloud providers in Kubrig");

  private ParsedFlags parse(String... args) {
    return set.parse(List.of(args));
  }

  @Test
  void a_value_follows_after_an_equals_sign_or_as_the_next_word() {
    assertThat(parse("--config=x").value(config)).isEqualTo("x");
    assertThat(parse("--config", "x").value(config)).isEqualTo("x");
    assertThat(parse("--config=").value(config)).isEmpty();
    assertThat(parse().value(port)).isEqualTo(10259);
  }

  @Test
  void a_boolean_never_takes_the_next_word() {
    assertThat(parse("--leader-elect=false").value(elect)).isFalse();
    assertThat(parse("--plain").value(plain)).isTrue();
    assertThatThrownBy(() -> parse("--plain", "false"))
        .hasMessage("\"kube-scheduler\" does not take any arguments, got [\"false\"]");
  }

  @Test
  void short_forms_can_be_joined_with_each_other_and_with_their_value() {
    assertThat(parse("-v", "2").value(level)).isEqualTo(2);
    assertThat(parse("-v=3").value(level)).isEqualTo(3);
    ParsedFlags joined = parse("-pv4");
    assertThat(joined.value(plain)).isTrue();
    assertThat(joined.value(level)).isEqualTo(4);
  }

  @Test
  void underscores_count_as_dashes() {
    assertThat(parse("--secure_port=1").value(port)).isEqualTo(1);
  }

  @Test
  void lists_and_maps_collect_what_repeated_flags_say_and_replace_the_default() {
    assertThat(parse("--names=b,\"c,d\"", "--names", "e").value(names)).containsExactly("b", "c,d", "e");
    assertThat(parse("--node-labels=a=1,b=2", "--node-labels=b=3").value(labels)).containsExactly(Map.entry("a", "1"), Map.entry("b", "3"));
  }

  @Test
  void a_given_flag_is_told_from_a_default() {
    assertThat(parse("--retry-period=2s").isSet(period)).isTrue();
    assertThat(parse().isSet(period)).isFalse();
  }

  @Test
  void errors_read_as_the_native_ones() {
    assertThatThrownBy(() -> parse("--foo=1")).isInstanceOf(FlagException.class).hasMessage("unknown flag: --foo");
    assertThatThrownBy(() -> parse("-x")).hasMessage("unknown shorthand flag: 'x' in -x");
    assertThatThrownBy(() -> parse("--config")).hasMessage("flag needs an argument: --config");
    assertThatThrownBy(() -> parse("-v")).hasMessage("flag needs an argument: 'v' in -v");
    assertThatThrownBy(() -> parse("--secure-port=abc"))
        .hasMessage("invalid argument \"abc\" for \"--secure-port\" flag: strconv.ParseInt: parsing \"abc\": invalid syntax");
    assertThatThrownBy(() -> parse("--secure-port=99999999999")).hasMessageEndingWith("value out of range");
    assertThatThrownBy(() -> parse("--leader-elect=maybe"))
        .hasMessage("invalid argument \"maybe\" for \"--leader-elect\" flag: strconv.ParseBool: parsing \"maybe\": invalid syntax");
    assertThatThrownBy(() -> parse("--retry-period=5"))
        .hasMessage("invalid argument \"5\" for \"--retry-period\" flag: time: missing unit in duration \"5\"");
    assertThatThrownBy(() -> parse("-v=x")).hasMessageStartingWith("invalid argument \"x\" for \"-v, --v\" flag: ");
  }

  @Test
  void flags_that_are_deprecated_or_mean_nothing_here_say_so_when_used() {
    assertThat(parse().warnings()).isEmpty();
    assertThat(parse("--old=1", "--cloud-provider=x").warnings())
        .containsExactly(
            "Flag --old has been deprecated, use --config instead",
            "Flag --cloud-provider has no effect: there are no cloud providers in Kubrig");
    assertThat(parse("--old=1").value(old)).isEqualTo("1");
    assertThat(parse("--cloud-provider=x").value(cloud)).isEqualTo("x");
  }

  @Test
  void help_lists_the_sections_with_global_last() {
    assertThat(set.helpText(0))
        .startsWith("The scheduler.\n\nUsage:\n  kube-scheduler [flags]\n\nMisc flags:\n\n")
        .contains("      --config file")
        .contains("The path to the configuration file.\n")
        .contains("--retry-period duration")
        .contains("Period. (default 2s)\n")
        .contains("Secure serving flags:\n\n      --secure-port int32   The port. (default 10259)\n")
        .contains("  -v, --v Level")
        .containsSubsequence("Secure serving flags:", "Global flags:", "  -h, --help", "--version version[=true]");
  }

  @Test
  void version_and_help_can_be_asked_for() {
    assertThat(parse("--version").versionWanted()).isEqualTo("true");
    assertThat(parse("--version=raw").versionWanted()).isEqualTo("raw");
    assertThat(parse("-h").helpWanted()).isTrue();
  }

  @Test
  void declaring_a_name_twice_is_a_bug() {
    assertThatThrownBy(() -> misc.string("config", "", "")).isInstanceOf(IllegalStateException.class);
  }
}
