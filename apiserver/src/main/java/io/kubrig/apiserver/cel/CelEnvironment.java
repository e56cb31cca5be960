package io.kubrig.apiserver.cel;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.CelType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import java.util.Map;

/**
 * Compiles expressions over a set of variables with the libraries of Kubernetes. (Source: apiserver/pkg/cel/environment; KEP-2876, KEP-3488.)
 */
public final class CelEnvironment {
  private final CelCompiler compiler;
  private final CelTypes.Types types;

  /** What all environments share; made when the first expression is compiled. */
  private static final class Shared {
    static final CelOptions OPTIONS =
        CelOptions.current()
            .enableOptionalSyntax(true)
            .enableHeterogeneousNumericComparisons(true)
            .populateMacroCalls(true)
            .build();
    static final CelFunctions FUNCTIONS = CelLibraries.all();
    static final CelRuntime RUNTIME =
        CelRuntimeFactory.plannerRuntimeBuilder()
            .setOptions(OPTIONS)
            .addLibraries(
                CelExtensions.strings(),
                CelExtensions.optional(),
                CelExtensions.sets(OPTIONS),
                CelExtensions.lists(2),
                CelExtensions.comprehensions())
            .addFunctionBindings(FUNCTIONS.bindings())
            .setValueProvider(new ObjectValues())
            .build();
  }

  /**
   * @param types structures that expressions may name or that variables have
   * @param variables by name
   */
  public CelEnvironment(CelTypes.Types types, Map<String, CelType> variables) {
    this.types = types;
    CelCompilerBuilder builder =
        CelCompilerFactory.standardCelCompilerBuilder()
            .setOptions(Shared.OPTIONS)
            .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
            .addLibraries(
                CelExtensions.strings(),
                CelExtensions.optional(),
                CelExtensions.sets(Shared.OPTIONS),
                CelExtensions.lists(2),
                CelExtensions.comprehensions())
            .addFunctionDeclarations(Shared.FUNCTIONS.declarations())
            .setTypeProvider(types);
    variables.forEach(builder::addVar);
    compiler = builder.build();
  }

  public CelTypes.Types types() {
    return types;
  }

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
      return new CelProgram(ast, Shared.RUNTIME.createProgram(ast));
    } catch (CelValidationException | CelEvaluationException e) {
      throw new CompileException(e.getMessage());
    }
  }
}
