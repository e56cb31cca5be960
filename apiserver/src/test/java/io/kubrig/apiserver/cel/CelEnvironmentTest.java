package io.kubrig.apiserver.cel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cel.common.types.SimpleType;
import io.kubrig.machinery.cel.CelEnvironment;
import io.kubrig.machinery.cel.CelProgram;
import io.kubrig.machinery.cel.CelProgram.Budget;
import io.kubrig.machinery.cel.CelTypes;
import io.kubrig.machinery.cel.CelValues;
import io.kubrig.machinery.tree.Tree;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CelEnvironmentTest {
  private final CelEnvironment environment =
      ServerExpressions.environment(new CelTypes.Types(), Map.of("self", SimpleType.INT, "object", SimpleType.DYN));

  private Object evaluate(String expression) throws Exception {
    Tree object = Tree.of("k", "10.1.1.1", "list", List.of(2L, 1L));
    return environment.compile(expression).evaluate(Map.of("self", 0L, "object", CelValues.dynamic(object)), new Budget(1_000_000));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[1, 2, 3].sum() == 6 && ['a', 'b'].isSorted() && [1, 3, 2].max() == 3",
        "!object.list.isSorted()",
        "'abc123'.find('[0-9]+') == '123' && 'a1b2'.findAll('[0-9]') == ['1', '2']",
        "isURL('https://example.com:80/path') && url('https://example.com:80/path').getPort() == '80'",
        "quantity('1Gi').isGreaterThan(quantity('1Mi')) && !isQuantity('x')",
        "isIP('1.1.1.1') && ip('::1').isLoopback() && ip('fe80::1').family() == 6",
        "cidr('10.0.0.0/8').containsIP(object.k) && cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16')",
        "semver('1.2.3').isLessThan(semver('1.10.0')) && !isSemver('v1.2') && isSemver('v1.2', true)",
        "'%s is %d'.format(['x', 5]) == 'x is 5'",
        "format.dns1123Label().validate('Up').hasValue() && !format.named('dns1123Label').value().validate('ok').hasValue()",
        "sets.contains([1, 2, 3], [2]) && [3, 1].sort() == [1, 3]",
        "object.?nothing.orValue('none') == 'none'"
      })
  void knows_the_libraries_of_kubernetes(String expression) throws Exception {
    assertThat(evaluate(expression)).isEqualTo(true);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "10 / self > 1 | division by zero",
        "object.nothing == 1 | no such key: nothing",
        "[1][5] == 1 | index out of bounds: 5",
      })
  void fails_in_the_words_of_native(String expression, String message) {
    assertThatThrownBy(() -> evaluate(expression)).isInstanceOf(CelProgram.EvaluationException.class).hasMessage(message);
  }

  @Test
  void points_at_what_does_not_compile() {
    assertThatThrownBy(() -> environment.compile("self.foo"))
        .hasMessage("ERROR: <input>:1:5: type 'int' does not support field selection\n | self.foo\n | ....^");
  }

  @Test
  void ends_what_costs_too_much() {
    String range = "[0,1,2,3,4,5,6,7,8,9]";
    String expression = range + ".all(a, " + range + ".all(b, " + range + ".all(c, " + range + ".all(d, " + range
        + ".all(e, a+b+c+d+e >= 0)))))";
    assertThatThrownBy(() -> evaluate(expression)).hasMessage("operation cancelled: actual cost limit exceeded");
  }

  @ParameterizedTest
  @CsvSource({"a-b,a__dash__b", "a.b,a__dot__b", "a/b,a__slash__b", "a__b,a__underscores__b", "namespace,__namespace__", "plain,plain"})
  void writes_odd_names_so_that_they_can_be_selected(String name, String escaped) {
    assertThat(CelTypes.escaped(name)).contains(escaped);
  }
}
