package io.kubrig.machinery.cel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.machinery.quantity.Quantity;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceSelectorTest {
  private static final DeviceSelector.Device GPU = new DeviceSelector.Device("gpu.example.com", true,
      Map.of("gpu.example.com", Map.of("model", "b", "numa", 1L, "healthy", true, "version", Semver.parse("1.10.0", false).orElseThrow())),
      Map.of("gpu.example.com", Map.of("memory", Quantity.parse("40Gi"))));

  private static boolean matches(String expression) throws Exception {
    return DeviceSelector.compile(expression).matches(GPU);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "device.driver == 'gpu.example.com' && device.allowMultipleAllocations",
        "device.attributes['gpu.example.com'].model == 'b'",
        "device.attributes['gpu.example.com'].numa < 2",
        "device.attributes['gpu.example.com'].healthy",
        "device.attributes['gpu.example.com'].version.isGreaterThan(semver('1.9.0'))",
        "device.capacity['gpu.example.com'].memory.compareTo(quantity('40Gi')) >= 0",
        "!has(device.attributes['other.example.com'].model)",
        "'gpu.example.com' in device.attributes && 'model' in device.attributes['gpu.example.com']",
        "!format.dns1123Subdomain().validate(device.driver).hasValue()",
        "format.dns1123Label().validate('a.b').value() == ['must not contain dots']",
        "format.named('date').value().validate('2026-02-30').value() == ['invalid date']",
        "!format.datetime().validate('2026-02-28T23:59:59.5Z').hasValue() && format.datetime().validate('2026-02-28 10:00:00Z').hasValue()",
        "format.byte().validate('YQ').hasValue() && !format.byte().validate('YQ==').hasValue()",
        "!format.named('nonsense').hasValue()",
        "ip('10.0.0.1').family() == 4 && cidr('10.0.0.0/8').containsIP('10.1.2.3')",
        "'%s-%d'.format(['a', 1]) == 'a-1' && [1, 2, 3].sum() == 6 && 'abc'.find('b+') == 'b'",
        "url('https://a.b/c').getHost() == 'a.b' && sets.contains([1, 2], [1]) && [3, 1].sort() == [1, 3]",
        "[1, 2].all(i, v, i < v) && optional.of(1).hasValue()",
        "cel.bind(gpu, device.attributes['gpu.example.com'], gpu.numa == 1 && gpu.model == 'b')"
      })
  void knows_driver_attributes_and_capacity(String expression) throws Exception {
    assertThat(matches(expression)).isTrue();
  }

  @Test
  void does_not_want_what_differs() throws Exception {
    assertThat(matches("device.attributes['gpu.example.com'].model == 'a'")).isFalse();
    assertThat(matches("device.attributes['gpu.example.com'].model == 1")).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "device.attributes['other.example.com'].model == 'b' | no such key: model",
        "device.attributes['gpu.example.com'].numa | CEL result of type int could not be converted to bool: type conversion error from "
            + "'int' to 'bool'"
      })
  void fails_in_the_words_of_native(String expression, String message) {
    assertThatThrownBy(() -> matches(expression)).isInstanceOf(CelProgram.EvaluationException.class).hasMessage(message);
  }

  @Test
  void refuses_what_is_not_a_condition() {
    assertThatThrownBy(() -> matches("device.driver")).hasMessage("must evaluate to bool or the unknown type, not string");
    assertThatThrownBy(() -> matches("device.unknown == 1"))
        .hasMessageContaining("compilation failed: ERROR: <input>:1:7: undefined field 'unknown'");
  }
}
