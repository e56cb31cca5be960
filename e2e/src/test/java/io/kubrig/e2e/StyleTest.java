package io.kubrig.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the sources have in common, and no compiler sees to. */
class StyleTest {
  private static final int COLUMNS = 140;
  private static final int LINES = 500;
  private static final Pattern IMPORT = Pattern.compile("import (static )?([\\w.]+\\.(\\w+|\\*));");
  private static final Pattern BROKEN = Pattern.compile(".*(\\t| $).*");
  /** Recorded text (an answer, a pattern) is easier to read whole. */
  private static final Pattern LITERAL = Pattern.compile("\"(?:[^\"\\\\]|\\\\.){60,}\"");

  @Test
  void lines_fit_a_screen() {
    assertThat(lines(line -> line.length() > COLUMNS && !LITERAL.matcher(line).find())).as("lines of more than %d columns", COLUMNS)
        .isEmpty();
  }

  @Test
  void lines_have_neither_tabs_nor_blanks_at_their_end() {
    assertThat(lines(line -> BROKEN.matcher(line).matches())).isEmpty();
  }

  @Test
  void files_can_be_read_in_one_go() {
    assertThat(sources().filter(file -> read(file).size() > LINES)).as("files of more than %d lines", LINES).isEmpty();
  }

  @Test
  void imports_are_used_and_in_order() {
    assertThat(sources().filter(file -> !file.endsWith("package-info.java")).flatMap(StyleTest::importFaults)).isEmpty();
  }

  private static Stream<String> importFaults(Path file) {
    List<Matcher> imports = read(file).stream().map(IMPORT::matcher).filter(Matcher::matches).toList();
    List<String> order = imports.stream().map(one -> (one.group(1) == null ? "b " : "a ") + one.group(2)).toList();
    String code = String.join("\n", read(file).stream().filter(line -> !line.startsWith("import ")).toList());
    Stream<String> unused = imports.stream().map(one -> one.group(3))
        .filter(name -> !name.equals("*") && !Pattern.compile("\\b" + name + "\\b").matcher(code).find())
        .map(name -> file.getFileName() + " does not use " + name);
    return Stream.concat(order.equals(order.stream().sorted().toList()) ? Stream.empty()
        : Stream.of(file.getFileName() + " is not sorted"), unused);
  }

  /** Where the fault is, outside of text blocks. */
  private static List<String> lines(Predicate<String> fault) {
    List<String> found = new ArrayList<>();
    for (Path file : sources().toList()) {
      List<String> lines = read(file);
      boolean text = false;
      for (int i = 0; i < lines.size(); i++) {
        String line = lines.get(i);
        boolean edge = line.contains("\"\"\"");
        if (!text && !edge && fault.test(line)) {
          found.add(file.getFileName() + ":" + (i + 1));
        }
        text = edge != text;
      }
    }
    return found;
  }

  private static Stream<Path> sources() {
    Path project = Kubrig.file("..").normalize();
    try (Stream<Path> files = Files.walk(project)) {
      return files.filter(file -> file.toString().endsWith(".java") && file.toString().contains("/src/")).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list the sources: " + e.getMessage(), e);
    }
  }

  private static List<String> read(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }
}
