package io.kubrig.machinery.flags;

import java.util.ArrayList;
import java.util.List;

/** One line of comma-separated values; a value in double quotes may hold commas, and a doubled quote stands for one. */
public final class CsvLine {
  private CsvLine() {}

  /** The fields of a line without its end. */
  public static List<String> split(String line) {
    List<String> fields = new ArrayList<>();
    int position = 0;
    while (position <= line.length()) {
      position = line.startsWith("\"", position) ? quoted(line, position + 1, fields) : bare(line, position, fields);
    }
    return List.copyOf(fields);
  }

  private static int bare(String line, int start, List<String> fields) {
    int comma = line.indexOf(',', start);
    int end = comma < 0 ? line.length() : comma;
    if (line.substring(start, end).indexOf('"') >= 0) {
      throw new IllegalArgumentException("parse error on line 1, column " + (line.indexOf('"', start) + 1)
          + ": bare \" in non-quoted-field");
    }
    fields.add(line.substring(start, end));
    return end + 1;
  }

  private static int quoted(String line, int start, List<String> fields) {
    StringBuilder field = new StringBuilder();
    for (int i = start; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c != '"') {
        field.append(c);
      } else if (line.startsWith("\"", i + 1)) {
        field.append('"');
        i++;
      } else if (i + 1 == line.length() || line.charAt(i + 1) == ',') {
        fields.add(field.toString());
        return i + 2;
      } else {
        throw new IllegalArgumentException("parse error on line 1, column " + (i + 1) + ": extraneous or missing \" in quoted-field");
      }
    }
    throw new IllegalArgumentException("parse error on line 1, column " + (line.length() + 1)
        + ": extraneous or missing \" in quoted-field");
  }
}
