package io.kubrig.machinery.cel;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.CelType;
import dev.cel.compiler.CelCompiler;
import dev.cel.runtime.CelEvaluationException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

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

  private static final Pattern EXPECTING = Pattern.compile("expecting \\{([^\n]*'\\|\\|'[^\n]*'\\?'[^\n]*)\\}");
  private static final Set<String> OPERATORS =
      Set.of("'=='", "'!='", "'in'", "'<'", "'<='", "'>='", "'>'", "'&&'", "'||'", "'['", "'.'", "'-'", "'?'", "'+'", "'*'", "'/'", "'%%'",
          "'%'");

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
      String words = inNativeWords(e.getMessage());
      throw new CompileException(expression.isEmpty() ? ofNothing(words) : words);
    } catch (StackOverflowError e) {
      // the parser bounds what is nested, not chains of members or operators
      throw new CompileException("ERROR: <input>:1:1: Syntax error: expression recursion limit exceeded");
    }
  }

  /** Of an empty text Go's parser counts no column and shows no line. */
  private static String ofNothing(String words) {
    return words.lines().findFirst().orElse("").replace("<input>:1:1:", "<input>:1:0:");
  }

  private static String inNativeWords(String message) {
    String marked = SYNTAX_ERROR.matcher(message).replaceAll("$1Syntax error: $2");
    String closing = EXPECTING.matcher(marked).replaceAll(found -> Matcher.quoteReplacement(withoutOperators(found.group(1))));
    return CANDIDATES.matcher(closing).replaceAll("$1");
  }

  /** Where an expression could go on or end, Go's parser names only what ends it. */
  private static String withoutOperators(String expected) {
    List<String> closing = Stream.of(expected.split(", ")).filter(token -> !OPERATORS.contains(token)).toList();
    return "expecting " + (closing.size() == 1 ? closing.getFirst() : "{" + String.join(", ", closing) + "}");
  }
}
