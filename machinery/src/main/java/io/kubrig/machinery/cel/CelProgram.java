package io.kubrig.machinery.cel;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelErrorCode;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.values.CelByteString;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A compiled expression. Safe for concurrent use. */
public final class CelProgram {
  /** What one evaluation may cost (source: apiserver/pkg/apis/cel/config.go). */
  public static final long PER_CALL = 1_000_000;

  /** As native charges for strings (0.1 for a character, StringTraversalCostFactor). */
  private static final int SIZE_OF_A_STEP = 10;

  /** Calls whose result was there before. */
  private static final Set<String> CHOICES = Set.of("_[_]", "_?_:_", "_[?_]", "_?._", "optional.of", "value", "or", "orValue");

  private static final String OVER_LIMIT = "operation cancelled: actual cost limit exceeded";
  private static final Pattern MISSING_KEY = Pattern.compile("[Kk]ey '?(.*?)'? is not present in map.*", Pattern.DOTALL);
  private static final Pattern INDEX = Pattern.compile("Index out of bounds: (-?\\d+)", Pattern.DOTALL);
  private static final Pattern PREFIX = Pattern.compile("^evaluation error(?: at [^:]*:\\d+)?: ", Pattern.DOTALL);

  private final CelAbstractSyntaxTree ast;
  private final CelRuntime.Program program;

  CelProgram(CelAbstractSyntaxTree ast, CelRuntime.Program program) {
    this.ast = ast;
    this.program = program;
  }

  public CelType type() {
    return ast.getResultType();
  }

  public boolean isBool() {
    return type().equals(SimpleType.BOOL);
  }

  public boolean isString() {
    return type().equals(SimpleType.STRING);
  }

  /** Whether the expression mentions a variable. */
  public boolean uses(String variable) {
    return ast.getReferenceMap().values().stream().anyMatch(reference -> reference.name().equals(variable));
  }

  /** The checked expression. */
  public CelAbstractSyntaxTree ast() {
    return ast;
  }

  /** An evaluation that failed, in native's words. */
  public static final class EvaluationException extends Exception {
    private static final long serialVersionUID = 1;
    private final boolean overLimit;

    EvaluationException(String message, boolean overLimit) {
      super(message);
      this.overLimit = overLimit;
    }

    /** The same failure as policies report it: with the expression. */
    public EvaluationException named(String expression) {
      return new EvaluationException("expression '" + expression + "' resulted in error: " + getMessage(), overLimit);
    }

    /** Whether the evaluation cost too much. */
    public boolean overLimit() {
      return overLimit;
    }
  }

  /** What evaluations may still cost; shared by the evaluations of one request. Not for concurrent use. */
  public static final class Budget {
    private long left;

    public Budget(long left) {
      this.left = left;
    }

    public boolean isSpent() {
      return left <= 0;
    }
  }

  private static final class OverLimit extends RuntimeException {
    private static final long serialVersionUID = 1;

    OverLimit() {
      super(OVER_LIMIT, null, false, false);
    }
  }

  /**
   * Evaluates over the values of the variables.
   *
   * @param budget charged with what the evaluation costs
   */
  public Object evaluate(Map<String, ?> variables, Budget budget) throws EvaluationException {
    long[] cost = new long[1];
    try {
      return program.trace(
          variables,
          (expression, value) -> {
            cost[0] += 1 + made(expression, value) / SIZE_OF_A_STEP;
            if (cost[0] > PER_CALL) {
              throw new OverLimit();
            }
          });
    } catch (CelEvaluationException e) {
      if (isOverLimit(e)) {
        throw new EvaluationException(OVER_LIMIT, true);
      }
      throw new EvaluationException(message(e), false);
    } catch (OverLimit e) {
      throw new EvaluationException(e.getMessage(), true);
    } catch (StackOverflowError e) {
      throw new EvaluationException(OVER_LIMIT, true);
    } catch (RuntimeException e) {
      throw new EvaluationException(isOverLimit(e) ? OVER_LIMIT : failure(e).orElse(String.valueOf(e.getMessage())), isOverLimit(e));
    } finally {
      budget.left -= cost[0];
    }
  }

  /** The size of what a call has made and not only chosen; a value that is put together with itself doubles with every step. */
  private static long made(CelExpr expression, Object value) {
    if (expression.exprKind().getKind() != CelExpr.ExprKind.Kind.CALL || CHOICES.contains(expression.call().function())) {
      return 0;
    }
    return switch (value) {
      case String text -> text.length();
      case CelByteString bytes -> bytes.size();
      case Collection<?> list -> list.size();
      case null, default -> 0;
    };
  }

  private static boolean isOverLimit(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof OverLimit) {
        return true;
      }
    }
    return false;
  }

  /** What a function of ours said. */
  private static Optional<String> failure(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof CelFunctions.Failure) {
        return Optional.of(cause.getMessage());
      }
    }
    return Optional.empty();
  }

  private static String message(CelEvaluationException e) {
    Optional<String> said = failure(e);
    if (said.isPresent()) {
      return said.get();
    }
    String text = PREFIX.matcher(String.valueOf(e.getMessage())).replaceFirst("");
    CelErrorCode code = e.getErrorCode();
    return switch (code) {
      case DIVIDE_BY_ZERO -> text.contains("%") || text.toLowerCase(Locale.ROOT).contains("modulus") ? "modulus by zero"
          : "division by zero";
      case ATTRIBUTE_NOT_FOUND -> first(MISSING_KEY, text, "no such key: ");
      case INDEX_OUT_OF_BOUNDS -> first(INDEX, text, "index out of bounds: ");
      case NUMERIC_OVERFLOW -> "integer overflow";
      case OVERLOAD_NOT_FOUND -> "no such overload";
      default -> text;
    };
  }

  private static String first(Pattern pattern, String text, String words) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? words + matcher.group(1) : text;
  }
}
