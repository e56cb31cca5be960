package io.kubrig.apiserver.kinds.pod;

import java.util.Locale;
import java.util.regex.Pattern;

/** The parts of an image's name that decide when it is pulled. */
final class ImageReference {
  private static final Pattern DIGEST = Pattern.compile("[a-f0-9]{64}");
  private static final Pattern PATH = Pattern.compile("[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*");
  private static final Pattern TAG = Pattern.compile("[\\w][\\w.-]{0,127}");
  private static final int MAX_LENGTH = 255;

  private ImageReference() {}

  /** {@code Always} for images whose tag is latest, be it by omission; {@code IfNotPresent} for all else, digests included. */
  static String pullPolicy(String image) {
    return isLatest(image) ? "Always" : "IfNotPresent";
  }

  private static boolean isLatest(String image) {
    if (!isWellFormed(image)) {
      return false;
    }
    int digest = image.indexOf('@');
    String named = digest < 0 ? image : image.substring(0, digest);
    int colon = named.lastIndexOf(':');
    boolean tagged = colon > named.lastIndexOf('/');
    return tagged ? named.substring(colon + 1).equals("latest") : digest < 0;
  }

  /** Repositories are lower case and not empty; what does not parse has no tag. */
  private static boolean isWellFormed(String image) {
    int digest = image.indexOf('@');
    String named = digest < 0 ? image : image.substring(0, digest);
    int slash = named.lastIndexOf('/');
    int colon = named.lastIndexOf(':');
    String repository = colon > slash ? named.substring(0, colon) : named;
    String tag = colon > slash ? named.substring(colon + 1) : "latest";
    String path = hasDomain(repository) ? repository.substring(repository.indexOf('/') + 1) : repository;
    boolean hexOnly = DIGEST.matcher(repository).matches();
    return !hexOnly && repository.length() <= MAX_LENGTH && PATH.matcher(path).matches() && TAG.matcher(tag).matches();
  }

  private static boolean hasDomain(String repository) {
    int slash = repository.indexOf('/');
    if (slash < 0) {
      return false;
    }
    String first = repository.substring(0, slash);
    return first.contains(".") || first.contains(":") || first.equals("localhost")
        || !first.equals(first.toLowerCase(Locale.ROOT));
  }
}
