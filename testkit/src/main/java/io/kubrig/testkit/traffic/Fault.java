package io.kubrig.testkit.traffic;

import java.time.Duration;

/** What goes wrong with a call. */
public sealed interface Fault {

  /** The server answers this and does nothing. */
  record Refused(int code, String reason, String message) implements Fault {}

  /** The server does what was asked, but the client is answered this: whoever tries again meets what was done already. */
  record DoneButRefused(int code, String reason, String message) implements Fault {}

  /** The connection breaks before the server has heard of the call. */
  record Lost() implements Fault {}

  /** The server does what was asked, then the connection breaks: the client cannot know. */
  record AnswerLost() implements Fault {}

  /** The call is answered after a while (of the cluster's time). */
  record Slow(Duration by) implements Fault {}

  static Fault conflict() {
    return new Refused(409, "Conflict", "the object has been modified; please apply your changes to the latest version and try again");
  }

  static Fault tooManyRequests() {
    return new Refused(429, "TooManyRequests", "Too many requests, please try again later.");
  }

  static Fault internalError() {
    return new Refused(500, "InternalError", "Internal error occurred: injected by the test");
  }

  static Fault unavailable() {
    return new Refused(503, "ServiceUnavailable", "the server is currently unable to handle the request");
  }

  /** The write is committed and answered by a timeout. */
  static Fault timeoutAfterCommit() {
    return new DoneButRefused(504, "Timeout", "Timeout: request did not complete within the allotted timeout");
  }
}
