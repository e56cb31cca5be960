package io.kubrig.machinery.cel;

import static io.kubrig.machinery.cel.CelFunctions.text;

import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.OptionalType;
import dev.cel.common.types.SimpleType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Named formats that strings can be checked against. (Source: apiserver/pkg/cel/library/format.go.) */
public final class FormatLibrary {
  /** The formats that there are. */
  public static final List<String> NAMES =
      List.of("dns1123Label", "dns1123Subdomain", "dns1035Label", "dns1123LabelPrefix", "dns1123SubdomainPrefix",
      "dns1035LabelPrefix", "qualifiedName", "labelValue", "uri", "uuid", "byte", "date", "datetime");

  private static final CelType FORMAT = OpaqueType.create("kubernetes.NamedFormat");

  private FormatLibrary() {}

  private record NamedFormat(Function<String, List<String>> check) {}

  /**
   * Adds the functions to a language.
   *
   * @param formats says by name what is wrong with a text; nothing when it fits
   */
  public static void addTo(CelFunctions functions, Map<String, Function<String, List<String>>> formats) {
    functions.type(FORMAT, NamedFormat.class);
    functions.global("format.named", "format-named", OptionalType.create(FORMAT),
        a -> Optional.ofNullable(formats.get(text(a, 0))).map(NamedFormat::new), SimpleType.STRING);
    NAMES.forEach(name -> functions.global("format." + name, "format-" + name, FORMAT, a -> new NamedFormat(formats.get(name))));
    functions.member("validate", "format-validate", OptionalType.create(ListType.create(SimpleType.STRING)), a -> {
      List<String> wrong = ((NamedFormat) a[0]).check().apply(text(a, 1));
      return wrong.isEmpty() ? Optional.empty() : Optional.of(new ArrayList<Object>(wrong));
    }, FORMAT, SimpleType.STRING);
  }
}
