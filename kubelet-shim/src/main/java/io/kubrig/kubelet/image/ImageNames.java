package io.kubrig.kubelet.image;

import java.util.Optional;
import java.util.regex.Pattern;

/** Names of images as people write them. Source: the reference grammar of the OCI distribution specification. */
public final class ImageNames {
  private static final String DEFAULT_REGISTRY = "docker.io";
  private static final Pattern NAME =
      Pattern.compile(
          "(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*(?::[0-9]+)?/)?"
              + "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*");
  private static final Pattern TAG = Pattern.compile("[\\w][\\w.-]{0,127}");
  private static final Pattern DIGEST = Pattern.compile("[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}");

  private ImageNames() {}

  /** The name with the tag {@code latest} when it has neither tag nor digest; empty when it is no name of an image. */
  public static Optional<String> complete(String name) {
    int at = name.indexOf('@');
    String digest = at < 0 ? "" : name.substring(at + 1);
    String rest = at < 0 ? name : name.substring(0, at);
    int colon = rest.lastIndexOf(':');
    boolean tagged = colon > rest.lastIndexOf('/');
    String path = tagged ? rest.substring(0, colon) : rest;
    boolean valid =
        NAME.matcher(path).matches()
            && (!tagged || TAG.matcher(rest.substring(colon + 1)).matches())
            && (at < 0 || DIGEST.matcher(digest).matches());
    if (!valid) {
      return Optional.empty();
    }
    return Optional.of(tagged || at >= 0 ? name : name + ":latest");
  }

  /** The name with its registry and, on the default registry, the {@code library/} that short names leave out. */
  public static String qualified(String name) {
    int slash = name.indexOf('/');
    String first = slash < 0 ? "" : name.substring(0, slash);
    boolean registry = first.contains(".") || first.contains(":") || first.equals("localhost");
    if (registry) {
      return name;
    }
    return slash < 0 ? DEFAULT_REGISTRY + "/library/" + name : DEFAULT_REGISTRY + "/" + name;
  }
}
