package io.kubrig.apiserver.registry;

import io.kubrig.apiserver.status.ApiException;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.machinery.tree.Tree;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a list, a watch or a deletion of a collection asks for. (Source: apimachinery/pkg/apis/meta/internalversion.)
 *
 * @param resourceVersion "" for the newest state
 * @param match "", Exact or NotOlderThan
 * @param limit 0 for no limit
 * @param continueToken "" on the first page
 * @param timeout how long a watch lasts; empty for the server's choice
 * @param sendInitialEvents empty when the client did not say
 */
public record ListOptions(
    String labelSelector,
    String fieldSelector,
    String resourceVersion,
    String match,
    long limit,
    String continueToken,
    boolean watch,
    Optional<Duration> timeout,
    boolean bookmarks,
    Optional<Boolean> sendInitialEvents) {

  private static final String EXACT = "Exact";
  private static final String NOT_OLDER_THAN = "NotOlderThan";

  /** Reads the query; {@code query} gives the first value of a parameter that is there. A number that is there must not be empty. */
  public static ListOptions of(Function<String, Optional<String>> query) {
    return new ListOptions(
        query.apply("labelSelector").orElse(""),
        query.apply("fieldSelector").orElse(""),
        query.apply("resourceVersion").orElse(""),
        query.apply("resourceVersionMatch").orElse(""),
        Math.max(0, query.apply("limit").map(text -> number("limit", text)).orElse(0L)),
        query.apply("continue").orElse(""),
        query.apply("watch").map(ListOptions::flag).orElse(false),
        query.apply("timeoutSeconds").map(text -> Duration.ofSeconds(number("timeoutSeconds", text))),
        query.apply("allowWatchBookmarks").map(ListOptions::flag).orElse(false),
        query.apply("sendInitialEvents").map(ListOptions::flag));
  }

  /** Fails with 422 when the options contradict each other. */
  public ListOptions checked() {
    FieldErrors errors = new FieldErrors();
    FieldPath match = FieldPath.of("resourceVersionMatch");
    if (watch) {
      checkWatch(match, errors);
    } else {
      checkMatch(match, errors);
    }
    if (!watch && sendInitialEvents.isPresent()) {
      errors.forbidden(FieldPath.of("sendInitialEvents"), "sendInitialEvents is forbidden for list");
    }
    if (!errors.isEmpty()) {
      throw ApiException.invalid("meta.k8s.io", "ListOptions", "", errors);
    }
    return this;
  }

  private void checkMatch(FieldPath path, FieldErrors errors) {
    if (match.isEmpty()) {
      return;
    }
    if (resourceVersion.isEmpty()) {
      errors.forbidden(path, "resourceVersionMatch is forbidden unless resourceVersion is provided");
    }
    if (!continueToken.isEmpty()) {
      errors.forbidden(path, "resourceVersionMatch is forbidden when continue is provided");
    }
    if (!match.equals(EXACT) && !match.equals(NOT_OLDER_THAN)) {
      errors.notSupported(path, match, List.of(EXACT, NOT_OLDER_THAN, ""));
    }
    if (match.equals(EXACT) && resourceVersion.equals("0")) {
      errors.forbidden(path, "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"");
    }
  }

  private void checkWatch(FieldPath path, FieldErrors errors) {
    if (sendInitialEvents.isPresent() && !match.equals(NOT_OLDER_THAN)) {
      errors.forbidden(path, "sendInitialEvents requires setting resourceVersionMatch to " + NOT_OLDER_THAN);
    }
    if (match.isEmpty()) {
      return;
    }
    if (sendInitialEvents.isEmpty()) {
      errors.forbidden(path, "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
    }
    if (!match.equals(NOT_OLDER_THAN)) {
      errors.notSupported(path, match, List.of(NOT_OLDER_THAN));
    }
    if (!continueToken.isEmpty()) {
      errors.forbidden(path, "resourceVersionMatch is forbidden when continue is provided");
    }
  }

  /** Whether the state at exactly {@link #revision} is wanted. */
  public boolean exact() {
    return match.equals(EXACT) || (match.isEmpty() && limit > 0 && continueToken.isEmpty() && revision() > 0);
  }

  /** The resource version as a number, 0 when it is not given. */
  public long revision() {
    return revision(resourceVersion);
  }

  static long revision(String text) {
    if (text.isEmpty()) {
      return 0;
    }
    try {
      return Long.parseUnsignedLong(text);
    } catch (NumberFormatException e) {
      throw ApiException.badRequest("invalid resource version: " + versionError(text));
    }
  }

  /** The revision that a read of one object names. Errors: 500 when it is no number, as native answers it. */
  public static long readRevision(String text) {
    try {
      return text.isEmpty() ? 0 : Long.parseUnsignedLong(text);
    } catch (NumberFormatException e) {
      throw new ApiException(500, "", versionError(text), new Tree());
    }
  }

  static String versionError(String text) {
    return "resourceVersion: Invalid value: \"" + text + "\": strconv.ParseUint: parsing \"" + text + "\": invalid syntax";
  }

  /** As Go's query decoding reads a boolean: anything but these words is true, nothing after the equals sign too. */
  static boolean flag(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "0", "false" -> false;
      default -> true;
    };
  }

  private static long number(String name, String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw ApiException.badRequest(
          "strconv.ParseInt: parsing \"" + text + "\": invalid syntax (parameter " + name + " must be a whole number)");
    }
  }
}
