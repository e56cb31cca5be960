package io.kubrig.machinery.cel;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import dev.cel.common.types.SimpleType;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.provider.ValueSource;

class CelFuzz {
  private static final CelEnvironment ENVIRONMENT =
      new CelEnvironment(new CelLanguage(List.of(), List.of()), new CelTypes.Types(), Map.of("x", SimpleType.DYN, "s", SimpleType.STRING));

  @ValueSource(
      strings = {"x.all(e, e > 1) && s.matches('a+') || has(x.y)", "[1, 2].map(i, i / 0)", "quantity('1Gi').isGreaterThan(quantity(s))",
          "url(s).getHost() == ip('::1').family()", "cidr('10.0.0.0/8').containsIP(s)", "semver(s) == semver('1.0.0')", "s.format([1, x])",
          "x[0].a.b.?c.orValue(1u) + 1", "s.lowerAscii().split(',')[5]", "{1: 2, 'a': [x]}[s]", "'a'.charAt(9223372036854775807)",
          "duration('1h') + timestamp(s)", "[s + s].map(a, [a + a].map(b, [b + b]))", "s.replace('', s, -1)", "\"\\U0001F600\".size()",
          "s.find(s) + s.findAll('(', 2)[0]", "format.dns1123Label().value().validate(s)", "-9223372036854775808 * -1"})
  @FuzzTest
  void an_expression_compiles_and_is_evaluated_or_is_refused(@NotNull String expression) {
    try {
      CelProgram program = ENVIRONMENT.compile(expression);
      program.evaluate(Map.of("x", List.of(1L, 2L), "s", "aaa"), new CelProgram.Budget(10 * CelProgram.PER_CALL));
    } catch (CelEnvironment.CompileException | CelProgram.EvaluationException refused) {
      // documented
    }
  }
}
