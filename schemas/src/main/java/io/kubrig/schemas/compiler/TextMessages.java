package io.kubrig.schemas.compiler;

import io.kubrig.schemas.compiler.Message.Cardinality;
import io.kubrig.schemas.compiler.Message.MessageField;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The messages of {@code messages.txt}, whose head describes its form. */
final class TextMessages {
  private static final Set<String> SCALARS = Set.of("string", "int32", "int64", "bool", "bytes", "double");

  private final Map<String, Message> messages;
  private String pkg = "";
  private String name = "";
  private Comment comment = Comment.NONE;
  private List<MessageField> fields = new ArrayList<>();

  private TextMessages(Map<String, Message> messages) {
    this.messages = messages;
  }

  static void addTo(Map<String, Message> messages, List<String> lines) {
    TextMessages text = new TextMessages(messages);
    for (String line : lines) {
      if (!line.isBlank() && !line.startsWith("#")) {
        text.line(line);
      }
    }
    text.flush();
  }

  private void line(String line) {
    String[] words = line.strip().split(" ");
    if (words[0].equals("package")) {
      flush();
      pkg = words[1];
    } else if (line.startsWith(" ")) {
      fields.add(field(words));
    } else {
      flush();
      name = words[0];
      comment = markers(words, 1);
    }
  }

  private MessageField field(String[] words) {
    String type = words[2];
    Cardinality cardinality = type.startsWith("map[]") ? Cardinality.MAP : type.startsWith("[]") ? Cardinality.LIST : Cardinality.ONE;
    String bare = type.substring(type.lastIndexOf(']') + 1);
    String full = SCALARS.contains(bare) || bare.indexOf('.') >= 0 ? bare : pkg + "." + bare;
    return new MessageField(words[0], Integer.parseInt(words[1]), cardinality, full, markers(words, 3));
  }

  private static Comment markers(String[] words, int from) {
    List<String> lines = new ArrayList<>();
    for (int i = from; i < words.length; i++) {
      if (words[i].equals("--")) {
        lines.add(String.join(" ", Arrays.asList(words).subList(i + 1, words.length)));
        break;
      }
      lines.add(words[i]);
    }
    return new Comment(lines);
  }

  private void flush() {
    if (!name.isEmpty()) {
      messages.put(pkg + "." + name, new Message(pkg + "." + name, comment, fields));
    }
    name = "";
    fields = new ArrayList<>();
  }
}
