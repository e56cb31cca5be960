package io.kubrig.testkit.traffic;

import java.util.List;
import java.util.function.Predicate;

/**
 * Picks calls. Every method answers a pattern that picks fewer.
 *
 * <pre>{@code
 * CallPattern.calls().verb("update", "patch").resource("configmaps").by("operator")
 * }</pre>
 */
public final class CallPattern implements Predicate<Call> {
  private final Predicate<Call> test;
  private final String text;

  private CallPattern(Predicate<Call> test, String text) {
    this.test = test;
    this.text = text;
  }

  /** Every call of every client. */
  public static CallPattern calls() {
    return new CallPattern(call -> true, "calls");
  }

  /** Every call that asks for a change. */
  public static CallPattern writes() {
    return new CallPattern(Call::isWrite, "writes");
  }

  public CallPattern verb(String... verbs) {
    List<String> wanted = List.of(verbs);
    return and(call -> wanted.contains(call.verb()), "to " + String.join(" or ", wanted));
  }

  /** @param resource a plural such as {@code pods}, or with a subresource, {@code pods/status}; the plural alone means the object itself */
  public CallPattern resource(String resource) {
    int slash = resource.indexOf('/');
    String plural = slash < 0 ? resource : resource.substring(0, slash);
    String subresource = slash < 0 ? "" : resource.substring(slash + 1);
    return and(call -> call.resource().equals(plural) && call.subresource().equals(subresource), "of " + resource);
  }

  public CallPattern namespace(String namespace) {
    return and(call -> call.namespace().equals(namespace), "in " + namespace);
  }

  public CallPattern name(String name) {
    return and(call -> call.name().equals(name), "named " + name);
  }

  /** @param client the name of a test's user, or a part of a component's user agent such as {@code deployment-controller} */
  public CallPattern by(String client) {
    return and(call -> call.client().contains(client), "by " + client);
  }

  public CallPattern and(Predicate<Call> more, String described) {
    return new CallPattern(call -> test.test(call) && more.test(call), text + " " + described);
  }

  @Override
  public boolean test(Call call) {
    return test.test(call);
  }

  @Override
  public String toString() {
    return text;
  }
}
