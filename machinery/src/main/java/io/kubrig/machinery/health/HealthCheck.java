package io.kubrig.machinery.health;

/** One named question about a component's health. */
public interface HealthCheck {

  /** The name in the path and the text, such as {@code ping}. */
  String name();

  /** Returns when all is well, throws when not; the message goes to the log, never to the client. */
  void check() throws Exception;

  /** The group by which it can be excluded with others; empty when it has none. */
  default String group() {
    return "";
  }

  /** A check made of a name and a body. */
  static HealthCheck of(String name, Body body) {
    return new HealthCheck() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public void check() throws Exception {
        body.check();
      }
    };
  }

  /** The check that always passes. */
  static HealthCheck ping() {
    return of("ping", () -> {});
  }

  /** What a check does. */
  @FunctionalInterface
  interface Body {
    void check() throws Exception;
  }
}
