package io.kubrig.apiserver.cel;

import static io.kubrig.machinery.cel.CelFunctions.text;

import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.OptionalType;
import dev.cel.common.types.SimpleType;
import io.kubrig.apiserver.registry.NameRule;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.machinery.cel.CelFunctions;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Named formats that strings can be checked against. (Source: apiserver/pkg/cel/library/format.go.) */
final class FormatLibrary {
  private static final CelType FORMAT = OpaqueType.create("kubernetes.NamedFormat");
  private static final Map<String, NamedFormat> FORMATS = new LinkedHashMap<>();

  /** Says what is wrong with a text; nothing when it fits. */
  record NamedFormat(String name, Function<String, List<String>> check) {}

  static {
    add("dns1123Label", text -> Names.dnsLabel(text, false));
    add("dns1123Subdomain", text -> Names.dnsSubdomain(text, false));
    add("dns1035Label", text -> Names.dns1035Label(text, false));
    add("dns1123LabelPrefix", text -> NameRule.DNS_LABEL.check(text, true));
    add("dns1123SubdomainPrefix", text -> NameRule.DNS_SUBDOMAIN.check(text, true));
    add("dns1035LabelPrefix", text -> NameRule.DNS_1035_LABEL.check(text, true));
    add("qualifiedName", Names::qualifiedName);
    add("labelValue", Names::labelValue);
    add("uri", FormatLibrary::uri);
    add("uuid", text -> text.matches("(?i)[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}") ? List.of() : List.of("does not match the UUID format"));
    add("byte", FormatLibrary::base64);
    add("date", text -> text.matches("\\d{4}-\\d{2}-\\d{2}") ? List.of() : List.of("invalid date"));
    add("datetime", text -> text.matches("\\d{4}-\\d{2}-\\d{2}[Tt ]\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?([Zz]|[+-]\\d{2}:?\\d{2})?") ? List.of() : List.of("invalid datetime"));
  }

  private FormatLibrary() {}

  private static void add(String name, Function<String, List<String>> check) {
    FORMATS.put(name, new NamedFormat(name, check));
  }

  static void addTo(CelFunctions functions) {
    functions.type(FORMAT, NamedFormat.class);
    functions.global(
        "format.named", "format-named", OptionalType.create(FORMAT), a -> Optional.ofNullable(FORMATS.get(text(a, 0))), SimpleType.STRING);
    FORMATS.values().forEach(format -> functions.global("format." + format.name(), "format-" + format.name(), FORMAT, a -> format));
    functions.member(
        "validate",
        "format-validate",
        OptionalType.create(ListType.create(SimpleType.STRING)),
        a -> {
          List<String> wrong = ((NamedFormat) a[0]).check().apply(text(a, 1));
          return wrong.isEmpty() ? Optional.empty() : Optional.of(new ArrayList<Object>(wrong));
        },
        FORMAT,
        SimpleType.STRING);
  }

  private static List<String> uri(String text) {
    try {
      return new URI(text).isAbsolute() || text.startsWith("/") ? List.of() : List.of("parse \"" + text + "\": invalid URI for request");
    } catch (URISyntaxException e) {
      return List.of("parse \"" + text + "\": " + e.getReason());
    }
  }

  private static List<String> base64(String text) {
    try {
      Base64.getDecoder().decode(text);
      return List.of();
    } catch (IllegalArgumentException e) {
      return List.of("invalid base64");
    }
  }
}
