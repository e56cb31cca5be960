package io.kubrig.machinery.quantity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuantityTest {

  @ParameterizedTest
  @CsvSource({
    "0,0", "00,0", "1,1", "100m,100m", "0.5,500m", "1.5,1500m", "1000m,1", "1000,1k", "1024,1024", "1Ki,1Ki", "1024Ki,1Mi", "1.5Gi,1536Mi",
        "0.5Ki,512",
    "2048Mi,2Gi", "8Mi,8Mi", "1e3,1e3", "1e2,100", "12E6,12E6", "1000e3,1e6", "1.234,1.234", "+5,+5", "-1,-1", "-0.1,-100m", "1n,1n",
        "0.1n,1n",
    "1000000000000000000000,1", "1000E,1", "9223372036854775807,9223372036854775807", "123456789012345678901,123456789012345678901",
        "10Ei,9223372036854775807",
    "0.001Ki,1024m", "0.0001Ki,102400u", "m,0", "1.,1.", ".5,500m", "5000,5k", "100000Ki,100000Ki", "1.1Ki,1126400m",
        "1e999999999,1e999999999"
  })
  void prints_the_canonical_form_that_native_prints(String text, String canonical) {
    assertThat(Quantity.parse(text)).hasToString(canonical);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
        "1x|quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
        "1 |x",
        "1mi|unable to parse quantity's suffix",
        "1e1.2|quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
        "1eM|unable to parse quantity's suffix",
      })
  void refuses_other_text_with_the_native_message(String text, String message) {
    if (message.equals("x")) {
      assertThatThrownBy(() -> Quantity.parse("1 ")).isInstanceOf(QuantityException.class);
      return;
    }
    assertThatThrownBy(() -> Quantity.parse(text)).hasMessage(message);
  }

  @Test
  void rounds_up_to_whole_units_and_caps_at_what_a_long_holds() {
    assertThat(Quantity.parse("1.1").value()).isEqualTo(2);
    assertThat(Quantity.parse("-1.1").value()).isEqualTo(-2);
    assertThat(Quantity.parse("0.0001").milliValue()).isEqualTo(1);
    assertThat(Quantity.parse("1e30").value()).isEqualTo(Long.MAX_VALUE);
    assertThat(Quantity.parse("8191Pi").milliValue()).isEqualTo(Long.MAX_VALUE);
    assertThat(Quantity.parse("1500m").roundedUp(0)).hasToString("2");
  }

  @Test
  void a_zero_takes_the_notation_of_what_is_added() {
    assertThat(Quantity.ZERO.plus(Quantity.parse("1Gi")).plus(Quantity.parse("1Gi"))).hasToString("2Gi");
    assertThat(Quantity.parse("1Gi").minus(Quantity.parse("1"))).hasToString("1073741823");
    assertThat(Quantity.parse("100m").times(20)).hasToString("2");
  }

  @Test
  void hostile_exponents_stay_affordable() {
    assertThat(Quantity.parse("1e999999999").plus(Quantity.parse("1n")).compareTo(Quantity.parse("1"))).isPositive();
    assertThat(Quantity.parse("1e-999999999")).hasToString("1e-9");
  }

  @Test
  void parses_what_it_prints_to_the_same_amount() {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    String[] suffixes = {"", "n", "u", "m", "k", "M", "G", "Ki", "Mi", "Gi", "e3", "E-2"};
    for (int i = 0; i < 5_000; i++) {
      String text = BigDecimal.valueOf(random.nextInt(), random.nextInt(8)).toPlainString() + suffixes[random.nextInt(suffixes.length)];
      Quantity quantity = Quantity.parse(text);
      assertThat(Quantity.parse(quantity.toString())).as("seed %d: %s", seed, text).isEqualTo(quantity);
    }
  }
}
