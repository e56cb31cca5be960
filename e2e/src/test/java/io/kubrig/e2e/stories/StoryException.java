package io.kubrig.e2e.stories;

/** A story that goes otherwise than it was recorded. */
final class StoryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StoryException(String message) {
    super(message);
  }
}
