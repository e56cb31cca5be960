package io.kubrig.schemas.compiler;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The comments of messages and fields, found in the javadoc that protoc writes into Java sources: between {@code <pre>} and {@code </pre>},
 * followed by a line that names the message ({@code Protobuf type {@code …}}) or the field ({@code <code>optional string name = 1;</code>})
 * of the {@code …OrBuilder} interface it stands in.
 */
final class ProtoComments {
  private static final Pattern MESSAGE = Pattern.compile("\\* Protobuf type \\{@code ([\\w.]+)}");
  private static final Pattern INTERFACE = Pattern.compile("interface_extends:([\\w.]+)\\)");
  private static final Pattern FIELD = Pattern.compile("\\* <code>.* (\\w+) = (\\d+)(?: \\[.*])?;</code>");
  private static final Pattern ENTITY = Pattern.compile("&(#\\d+|lt|gt|amp|quot);");

  private final Map<String, Comment> comments = new HashMap<>();
  private final List<String> fileClasses = new ArrayList<>();

  /** Reads all sources of a jar. */
  static ProtoComments read(Path sourcesJar) {
    ProtoComments read = new ProtoComments();
    try (ZipFile zip = new ZipFile(sourcesJar.toFile())) {
      for (ZipEntry entry : (Iterable<ZipEntry>) zip.stream().map(ZipEntry.class::cast)::iterator) {
        if (entry.getName().endsWith(".java")) {
          read.fileClasses.add(entry.getName().substring(0, entry.getName().length() - ".java".length()).replace('/', '.'));
          try (BufferedReader lines = new BufferedReader(new InputStreamReader(zip.getInputStream(entry), StandardCharsets.UTF_8))) {
            read.source(lines);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + sourcesJar, e);
    }
    return read;
  }

  /** The names of the classes that stand for .proto files. */
  List<String> fileClasses() {
    return fileClasses;
  }

  /** The comment of a message by its protobuf name. */
  Comment message(String protoName) {
    return comments.getOrDefault(protoName, Comment.NONE);
  }

  Comment field(String protoMessage, String field) {
    return comments.getOrDefault(protoMessage + "#" + field, Comment.NONE);
  }

  private void source(BufferedReader source) throws IOException {
    String message = "";
    List<String> text = new ArrayList<>();
    boolean inside = false;
    for (String line = source.readLine(); line != null; line = source.readLine()) {
      String trimmed = line.strip();
      if (trimmed.equals("/**")) {
        text = new ArrayList<>();
        inside = false;
      } else if (trimmed.equals("* <pre>")) {
        inside = true;
      } else if (trimmed.equals("* </pre>")) {
        inside = false;
      } else if (inside) {
        text.add(unescape(afterStar(line)));
      } else if (trimmed.startsWith("* Protobuf type")) {
        Matcher matcher = MESSAGE.matcher(trimmed);
        if (matcher.matches()) {
          comments.putIfAbsent(matcher.group(1), new Comment(text));
        }
      } else if (trimmed.startsWith("// @@protoc_insertion_point(interface_extends:")) {
        Matcher matcher = INTERFACE.matcher(trimmed);
        message = matcher.find() ? matcher.group(1) : "";
      } else if (trimmed.startsWith("* <code>")) {
        Matcher matcher = FIELD.matcher(trimmed);
        if (matcher.matches()) {
          comments.putIfAbsent(message + "#" + matcher.group(1), new Comment(text));
        }
      }
    }
  }

  private static String afterStar(String line) {
    String text = line.substring(line.indexOf('*') + 1);
    return text.startsWith(" ") ? text.substring(1) : text;
  }

  private static String unescape(String text) {
    return ENTITY
        .matcher(text)
        .replaceAll(
            match ->
                Matcher.quoteReplacement(
                    switch (match.group(1)) {
                      case "lt" -> "<";
                      case "gt" -> ">";
                      case "amp" -> "&";
                      case "quot" -> "\"";
                      default -> Character.toString(Integer.parseInt(match.group(1).substring(1)));
                    }));
  }
}
