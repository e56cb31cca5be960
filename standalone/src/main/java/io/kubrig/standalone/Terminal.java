package io.kubrig.standalone;

/** What is known of the terminal the program writes to. */
final class Terminal {
  private Terminal() {}

  static boolean isInteractive() {
    return System.console() != null && System.console().isTerminal();
  }

  /** Columns as the shell exported them; 0 when there is no terminal or its width is not known. */
  static int width() {
    String columns = System.getenv("COLUMNS");
    return isInteractive() && columns != null && columns.matches("\\d{1,4}") ? Integer.parseInt(columns) : 0;
  }
}
