package io.kubrig.machinery.quantity;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import org.junit.jupiter.params.provider.ValueSource;

class QuantityFuzz {

  @ValueSource(
      strings = {"1.5Gi", "-0.0000000001", "1e3", "1E-9", "999999999999999999999Ei", "12e2147483647", "1e-2147483648", ".5k", "5.", "+1m",
          "0.1Ki", "1e9223372036854775808"})
  @FuzzTest
  void the_canonical_form_stands_for_the_same_amount(@NotNull String text) {
    Quantity quantity;
    try {
      quantity = Quantity.parse(text);
    } catch (QuantityException refused) {
      return;
    }
    quantity.value();
    quantity.milliValue();
    String canonical = Quantity.of(quantity.amount(), quantity.format()).toString();
    if (beyondSuffixes(quantity)) {
      return; // native prints such amounts without their exponent
    }
    assertThat(Quantity.parse(canonical)).as(canonical).isEqualTo(quantity);
    assertThat(Quantity.parse(canonical).toString()).isEqualTo(canonical);
    assertThat(Quantity.parse(quantity.toString())).isEqualTo(quantity);
  }

  private static boolean beyondSuffixes(Quantity quantity) {
    return quantity.amount().abs().precision() - quantity.amount().scale() > 18;
  }
}
