package io.kubrig.scheduler.whatif;

/** A question that has no answer: a file that is no cluster, a pod that no profile schedules. The message says what to do. */
public final class QuestionException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public QuestionException(String message) {
    super(message);
  }
}
