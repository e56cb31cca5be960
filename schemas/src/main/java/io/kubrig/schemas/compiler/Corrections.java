package io.kubrig.schemas.compiler;

import io.kubrig.schemas.compiler.Message.MessageField;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Applies {@code corrections.txt}, whose head describes its form, to messages. */
final class Corrections {
  private Corrections() {}

  static void apply(Map<String, Message> messages, List<String> lines) {
    for (String line : lines) {
      if (!line.isBlank() && !line.startsWith("#")) {
        String[] words = line.split(" ");
        Message message = messages.get(words[0]);
        if (message == null || message.field(words[1]).isEmpty()) {
          throw new IllegalStateException("nothing to correct: " + line);
        }
        messages.put(words[0], correct(message, words));
      }
    }
  }

  private static Message correct(Message message, String[] words) {
    List<MessageField> fields = new ArrayList<>();
    for (MessageField field : message.fields()) {
      if (!field.name().equals(words[1])) {
        fields.add(field);
      } else if (!words[2].equals("absent")) {
        List<String> lines = new ArrayList<>(field.comment().lines());
        lines.removeIf(line -> line.strip().equals("+optional") || line.strip().equals("+required"));
        lines.addAll(Arrays.asList(words).subList(2, words.length));
        fields.add(new MessageField(field.name(), field.number(), field.cardinality(), field.type(), new Comment(lines)));
      }
    }
    return new Message(message.name(), message.comment(), fields);
  }
}
