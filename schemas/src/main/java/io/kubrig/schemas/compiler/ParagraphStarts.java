package io.kubrig.schemas.compiler;

import io.kubrig.schemas.compiler.Message.MessageField;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Puts empty lines back into comments where {@code paragraphs.txt}, whose head describes its form, says that paragraphs begin. */
final class ParagraphStarts {
  private ParagraphStarts() {}

  static void apply(Map<String, Message> messages, List<String> lines) {
    for (String line : lines) {
      if (!line.isBlank() && !line.startsWith("#")) {
        String[] parts = line.split(" \\| ");
        String[] place = parts[0].strip().split(" ");
        List<String> starts = List.of(parts).subList(1, parts.length);
        messages.computeIfPresent(place[0], (_, message) -> part(message, place[1], starts));
      }
    }
  }

  private static Message part(Message message, String field, List<String> starts) {
    if (field.equals("-")) {
      return new Message(message.name(), part(message.comment(), starts), message.fields());
    }
    List<MessageField> fields = new ArrayList<>();
    for (MessageField each : message.fields()) {
      boolean meant = each.name().equals(field);
      Comment comment = meant ? part(each.comment(), starts) : each.comment();
      fields.add(new MessageField(each.name(), each.number(), each.cardinality(), each.type(), comment));
    }
    return new Message(message.name(), message.comment(), fields);
  }

  private static Comment part(Comment comment, List<String> starts) {
    List<String> lines = new ArrayList<>(comment.lines());
    int from = 1;
    for (String start : starts) {
      for (int i = from; i < lines.size(); i++) {
        if (lines.get(i).strip().startsWith(start)) {
          lines.add(i, "");
          from = i + 2;
          break;
        }
      }
    }
    return new Comment(lines);
  }
}
