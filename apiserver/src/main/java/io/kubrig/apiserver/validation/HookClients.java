package io.kubrig.apiserver.validation;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.machinery.tree.Tree;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where webhooks are called: by a URL or at a service. (Source: apiserver/pkg/util/webhook/validation.go.) */
public final class HookClients {
  private static final String FORM = "; desired format: https://host[/path]";
  private static final Pattern URL =
      Pattern.compile("(?s)(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(?://([^/?#]*))?([^?#]*)(?:\\?([^#]*))?(?:#(.*))?");
  private static final Pattern ESCAPE = Pattern.compile("%(?![0-9a-fA-F]{2}).{0,2}", Pattern.DOTALL);
  private static final Pattern NO_HOST_CHARACTER = Pattern.compile("[\\s<>\"{}|\\\\^`]");

  private HookClients() {}

  /** A URL that begins with https and has nothing but host and path. */
  public static void url(String text, FieldPath path, FieldErrors errors) {
    String trouble = trouble(text);
    Matcher url = URL.matcher(text);
    if (!trouble.isEmpty() || !url.matches()) {
      errors.required(path, "url must be a valid URL: parse " + FieldErrors.quoted(text) + ": " + trouble + FORM);
      return;
    }
    String scheme = text(url, 1).toLowerCase(Locale.ROOT);
    if (!scheme.equals("https")) {
      errors.invalid(path, scheme, "'https' is the only allowed URL scheme" + FORM);
    }
    String authority = text(url, 2);
    int at = authority.lastIndexOf('@');
    if (authority.substring(at + 1).isEmpty()) {
      errors.invalid(path, "", "host must be specified" + FORM);
    }
    if (at >= 0) {
      errors.invalid(path, authority.substring(0, at), "user information is not permitted in the URL");
    }
    if (!text(url, 5).isEmpty()) {
      errors.invalid(path, text(url, 5), "fragments are not permitted in the URL");
    }
    if (!text(url, 4).isEmpty()) {
      errors.invalid(path, text(url, 4), "query parameters are not permitted in the URL");
    }
  }

  private static String text(Matcher url, int group) {
    return url.group(group) == null ? "" : url.group(group);
  }

  /** Why Go's parser refuses a URL; empty when it takes it. */
  private static String trouble(String text) {
    if (text.chars().anyMatch(c -> c < 0x20 || c == 0x7f)) {
      return "net/url: invalid control character in URL";
    }
    if (text.startsWith(":")) {
      return "missing protocol scheme";
    }
    Matcher url = URL.matcher(text);
    if (!url.matches()) {
      return "invalid URI for request";
    }
    boolean colonFirst = url.group(1) == null && url.group(2) == null && text(url, 3).split("/", 2)[0].contains(":");
    if (colonFirst) {
      return "first path segment in URL cannot contain colon";
    }
    String authority = text(url, 2);
    String host = authority.substring(authority.lastIndexOf('@') + 1);
    Matcher wrong = NO_HOST_CHARACTER.matcher(host);
    if (wrong.find()) {
      return "invalid character " + FieldErrors.quoted(wrong.group()) + " in host name";
    }
    int colon = host.lastIndexOf(':');
    if (colon >= 0 && !host.endsWith("]") && !host.substring(colon + 1).matches("\\d*")) {
      return "invalid port " + FieldErrors.quoted(host.substring(colon)) + " after host";
    }
    Matcher escape = ESCAPE.matcher(text(url, 3));
    return escape.find() ? "invalid URL escape " + FieldErrors.quoted(escape.group()) : "";
  }

  /** A service in the cluster. */
  public static void service(Tree service, FieldPath path, FieldErrors errors) {
    // native mixes the two up
    if (service.string("namespace").isEmpty()) {
      errors.required(path.child("name"), "");
    }
    if (service.string("name").isEmpty()) {
      errors.required(path.child("namespace"), "");
    }
    long port = service.integer("port");
    Ports.number(port).forEach(text -> errors.invalid(path.child("port"), port, "port is not valid: " + text));
    String where = service.string("path");
    if (where.equals("//")) {
      errors.invalid(path.child("path"), where, "segment[0] may not be empty");
    } else if (!where.isEmpty() && !where.equals("/")) {
      segments(where, path.child("path"), errors);
    }
  }

  private static void segments(String where, FieldPath path, FieldErrors errors) {
    if (!where.startsWith("/")) {
      errors.invalid(path, where, "must start with a '/'");
    }
    int step = 0;
    for (String part : where.substring(1).replaceFirst("/$", "").split("/", -1)) {
      int index = step++;
      if (part.isEmpty()) {
        errors.invalid(path, where, "segment[" + index + "] may not be empty");
      } else {
        Names.dnsSubdomain(part).forEach(text -> errors.invalid(path, where, "segment[" + index + "]: " + text));
      }
    }
  }
}
