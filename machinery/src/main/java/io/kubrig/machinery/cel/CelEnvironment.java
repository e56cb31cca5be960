package io.kubrig.machinery.cel;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.CelType;
import dev.cel.compiler.CelCompiler;
import dev.cel.runtime.CelEvaluationException;
import java.util.Map;
import java.util.regex.Pattern;

/** Compiles expressions over a set of variables. (Source: apiserver/pkg/cel/environment; KEP-2876, KEP-3488.) */
public final class CelEnvironment {
  private final CelLanguage language;
  private final CelCompiler compiler;
  private final CelTypes.Types types;

  /**
   * @param types structures that expressions may name or that variables have
   * @param variables by name
   */
  public CelEnvironment(CelLanguage language, CelTypes.Types types, Map<String, CelType> variables) {
    this.language = language;
    this.types = types;
    this.compiler = language.compiler(types, variables);
  }

  public CelTypes.Types types() {
    return types;
  }

  /** What the grammar complains of, to which native puts a word. */
  private static final Pattern SYNTAX_ERROR =
      Pattern.compile("(ERROR: <input>:\\d+:\\d+: )(mismatched input|extraneous input|no viable alternative|missing |token recognition "
          + "error)");

  /** The Java compiler names the overloads that there are; Go's does not. */
  private static final Pattern CANDIDATES =
      Pattern.compile("(found no matching overload for '[^\n]*?' applied to '[^\n]*?') \\(candidates: [^\n]*\\)");

  /** An expression that does not compile; the message is native's, line and column included. */
  public static final class CompileException extends Exception {
    private static final long serialVersionUID = 1;

    CompileException(String message) {
      super(message);
    }
  }

  public CelProgram compile(String expression) throws CompileException {
    try {
      CelAbstractSyntaxTree ast = compiler.compile(expression).getAst();
      return new CelProgram(ast, language.runtime().createProgram(ast));
    } catch (CelValidationException | CelEvaluationException e) {
      throw new CompileException(inNativeWords(e.getMessage()));
    }
  }

  private static String inNativeWords(String message) {
    return CANDIDATES.matcher(SYNTAX_ERROR.matcher(message).replaceAll("$1Syntax error: $2")).replaceAll("$1");
  }
}
