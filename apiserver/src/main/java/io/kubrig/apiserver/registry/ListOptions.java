package io.kubrig.apiserver.registry;

import io.kubrig.apiserver.status.ApiException;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
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

  /** Reads the query; {@code query} gives the first value of a parameter or "". */
  public static ListOptions of(Function<String, String> query) {
    return new ListOptions(
        query.apply("labelSelector"),
        query.apply("fieldSelector"),
        query.apply("resourceVersion"),
        query.apply("resourceVersionMatch"),
        Math.max(0, number("limit", query.apply("limit"))),
        query.apply("continue"),
        flag(query.apply("watch")),
        query.apply("timeoutSeconds").isEmpty()
            ? Optional.empty()
            : Optional.of(Duration.ofSeconds(number("timeoutSeconds", query.apply("timeoutSeconds")))),
        flag(query.apply("allowWatchBookmarks")),
        query.apply("sendInitialEvents").isEmpty() ? Optional.empty() : Optional.of(flag(query.apply("sendInitialEvents"))));
  }

  /** Fails with 422 when the options contradict each other. */
  public ListOptions checked() {
    FieldErrors errors = new FieldErrors();
    FieldPath match = FieldPath.of("resourceVersionMatch");
    if (sendInitialEvents.isPresent() && watch) {
      checkInitialEvents(match, errors);
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
    if (watch) {
      errors.forbidden(path, "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
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

  private void checkInitialEvents(FieldPath path, FieldErrors errors) {
    if (!match.equals(NOT_OLDER_THAN)) {
      errors.forbidden(path, "sendInitialEvents requires setting resourceVersionMatch to " + NOT_OLDER_THAN);
      if (!match.isEmpty()) {
        errors.notSupported(path, match, List.of(NOT_OLDER_THAN));
      }
    }
    if (!continueToken.isEmpty()) {
      errors.forbidden(FieldPath.of("continue"), "sendInitialEvents is not allowed with continue");
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

  static String versionError(String text) {
    return "resourceVersion: Invalid value: \"" + text + "\": strconv.ParseUint: parsing \"" + text + "\": invalid syntax";
  }

  /** As Go's query decoding reads a boolean: anything but these words is true. */
  static boolean flag(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "", "0", "false" -> false;
      default -> true;
    };
  }

  private static long number(String name, String text) {
    if (text.isEmpty()) {
      return 0;
    }
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw ApiException.badRequest(
          "strconv.ParseInt: parsing \"" + text + "\": invalid syntax (parameter " + name + " must be a whole number)");
    }
  }
}
