package io.kubrig.dns.message;

import java.util.List;

/** What a zone says to a question. */
public record Answer(ResponseCode code, List<Record> answers, List<Record> authority, List<Record> additional) {
  public Answer {
    answers = List.copyOf(answers);
    authority = List.copyOf(authority);
    additional = List.copyOf(additional);
  }

  public static Answer failed(ResponseCode code) {
    return new Answer(code, List.of(), List.of(), List.of());
  }
}
