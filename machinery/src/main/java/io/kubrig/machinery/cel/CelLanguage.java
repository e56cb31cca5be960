package io.kubrig.machinery.cel;

import dev.cel.common.CelOptions;
import dev.cel.common.types.CelType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.compiler.CelCompilerLibrary;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The language with a set of libraries: what the expressions of one kind of use have in common. Costly to make: one for each use in a
 * process, made when the first expression is compiled.
 */
public final class CelLanguage {
  private static final CelOptions OPTIONS =
      CelOptions.current()
          .enableOptionalSyntax(true)
          .enableHeterogeneousNumericComparisons(true)
          .populateMacroCalls(true)
          .build();

  private final CelFunctions functions = new CelFunctions();
  private final List<CelCompilerLibrary> extensions;
  private final CelRuntime runtime;

  /**
   * The language of Kubernetes with libraries besides those that every expression knows (lists, regex, URLs, quantities, versions,
   * addresses).
   *
   * @param syntax what the compiler knows besides, for example {@code cel.bind}
   */
  public CelLanguage(List<CelCompilerLibrary> syntax, List<Consumer<CelFunctions>> libraries) {
    CelLibraries.addTo(functions);
    libraries.forEach(library -> library.accept(functions));
    extensions = new ArrayList<>(syntax);
    extensions.addAll(List.of(CelExtensions.strings(), CelExtensions.optional(), CelExtensions.sets(OPTIONS), CelExtensions.lists(2),
        CelExtensions.comprehensions()));
    runtime =
        CelRuntimeFactory.plannerRuntimeBuilder()
            .setOptions(OPTIONS)
            .addLibraries(
                CelExtensions.strings(),
                CelExtensions.optional(),
                CelExtensions.sets(OPTIONS),
                CelExtensions.lists(2),
                CelExtensions.comprehensions())
            .addFunctionBindings(functions.bindings())
            .setValueProvider(new ObjectValues())
            .build();
  }

  CelCompiler compiler(CelTypes.Types types, Map<String, CelType> variables) {
    CelCompilerBuilder builder =
        CelCompilerFactory.standardCelCompilerBuilder()
            .setOptions(OPTIONS)
            .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
            .addLibraries(extensions)
            .addFunctionDeclarations(functions.declarations())
            .setTypeProvider(types);
    variables.forEach(builder::addVar);
    return builder.build();
  }

  CelRuntime runtime() {
    return runtime;
  }
}
