package io.kubrig.apiserver.cel;

import io.kubrig.apiserver.registry.NameRule;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.machinery.cel.CelFunctions;
import io.kubrig.machinery.cel.FormatLibrary;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** What the formats of {@link FormatLibrary} demand. (Source: apiserver/pkg/cel/library/format.go.) */
final class ServerFormats {
  private static final Map<String, Function<String, List<String>>> FORMATS = new LinkedHashMap<>();

  static {
    add("dns1123Label", text -> Names.dnsLabel(text, false));
    add("dns1123Subdomain", text -> Names.dnsSubdomain(text, false));
    add("dns1035Label", text -> Names.dns1035Label(text, false));
    add("dns1123LabelPrefix", text -> NameRule.DNS_LABEL.check(text, true));
    add("dns1123SubdomainPrefix", text -> NameRule.DNS_SUBDOMAIN.check(text, true));
    add("dns1035LabelPrefix", text -> NameRule.DNS_1035_LABEL.check(text, true));
    add("qualifiedName", Names::qualifiedName);
    add("labelValue", Names::labelValue);
    add("uri", ServerFormats::uri);
    add("uuid", text -> text.matches("(?i)[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}") ? List.of()
        : List.of("does not match the UUID format"));
    add("byte", ServerFormats::base64);
    add("date", text -> text.matches("\\d{4}-\\d{2}-\\d{2}") ? List.of() : List.of("invalid date"));
    add("datetime", text -> text.matches("\\d{4}-\\d{2}-\\d{2}[Tt ]\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?([Zz]|[+-]\\d{2}:?\\d{2})?") ? List.of()
        : List.of("invalid datetime"));
  }

  private ServerFormats() {}

  private static void add(String name, Function<String, List<String>> check) {
    FORMATS.put(name, check);
  }

  static void addTo(CelFunctions functions) {
    FormatLibrary.addTo(functions, FORMATS);
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
