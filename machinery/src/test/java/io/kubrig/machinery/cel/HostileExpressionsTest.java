package io.kubrig.machinery.cel;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cel.common.types.SimpleType;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Expressions that are short and made to cost much. */
@Timeout(60)
class HostileExpressionsTest {
  private static final CelEnvironment ENVIRONMENT =
      new CelEnvironment(new CelLanguage(List.of(), List.of()), new CelTypes.Types(), Map.of("x", SimpleType.DYN));

  private static void run(String expression, Object x) throws Exception {
    ENVIRONMENT.compile(expression).evaluate(Map.of("x", x), new CelProgram.Budget(10 * CelProgram.PER_CALL));
  }

  @Test
  void nesting_and_chains_are_refused_not_fatal() {
    for (String expression : List.of("(".repeat(5_000) + "1" + ")".repeat(5_000), "!".repeat(20_001) + "x", "[".repeat(5_000),
        "x" + ".a".repeat(20_000), "x" + "[0]".repeat(20_000), "1" + "+1".repeat(20_000), "x ? ".repeat(5_000))) {
      assertThatThrownBy(() -> run(expression, List.of())).as(expression.substring(0, 20))
          .isInstanceOfAny(CelEnvironment.CompileException.class, CelProgram.EvaluationException.class);
    }
  }

  @Test
  void strings_and_lists_that_double_run_out_of_their_budget() {
    for (String start : List.of("'0123456789abcdef'", "[1, 2, 3, 4, 5, 6, 7, 8]", "b'0123456789abcdef'")) {
      StringBuilder expression = new StringBuilder();
      int levels = 22;
      for (int i = 0; i < levels; i++) {
        expression.append('[').append(i == 0 ? start : "v" + (i - 1) + " + v" + (i - 1)).append("].all(v").append(i).append(", ");
      }
      expression.append("size(v").append(levels - 1).append(") == 0").append(")".repeat(levels));
      assertThatThrownBy(() -> run(expression.toString(), List.of())).isInstanceOf(CelProgram.EvaluationException.class)
          .hasMessage("operation cancelled: actual cost limit exceeded");
    }
  }

  @Test
  void loops_in_loops_run_out_of_their_budget() {
    List<Long> numbers = LongStream.range(0, 1000).boxed().toList();
    assertThatThrownBy(() -> run("x.all(a, x.all(b, x.all(c, a + b + c >= 0)))", numbers))
        .isInstanceOf(CelProgram.EvaluationException.class).hasMessage("operation cancelled: actual cost limit exceeded");
  }
}
