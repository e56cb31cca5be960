package io.kubrig.apiserver.cel;

import dev.cel.common.types.CelType;
import io.kubrig.machinery.cel.AuthorizerLibrary;
import io.kubrig.machinery.cel.CelEnvironment;
import io.kubrig.machinery.cel.CelLanguage;
import io.kubrig.machinery.cel.CelTypes;
import io.kubrig.machinery.cel.Formats;
import java.util.List;
import java.util.Map;

/** Environments of the expressions that the server evaluates: those of every expression, and formats and the authorizer besides. */
public final class ServerExpressions {
  private ServerExpressions() {}

  /** Made when the first expression is compiled. */
  private static final class Shared {
    static final CelLanguage LANGUAGE = new CelLanguage(List.of(), List.of(Formats::addTo, AuthorizerLibrary::addTo));
  }

  /** An environment over these variables; {@code types} are structures that expressions may name or that variables have. */
  public static CelEnvironment environment(CelTypes.Types types, Map<String, CelType> variables) {
    return new CelEnvironment(Shared.LANGUAGE, types, variables);
  }
}
