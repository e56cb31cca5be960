package io.kubrig.dns;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.kubrig.dns.message.Answer;
import io.kubrig.dns.message.Query;
import io.kubrig.dns.message.Question;
import io.kubrig.dns.message.Record;
import io.kubrig.dns.message.ResponseCode;
import io.kubrig.dns.message.ResponseWriter;
import io.kubrig.dns.message.Type;
import io.kubrig.dns.message.UpstreamResponse;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Packets as anybody may send them. */
class MessageFuzz {
  private static final String HEADER = "123401000001000000000000";
  private static final String NAME = "076578616d706c6503636f6d00";

  static Stream<byte[]> packets() {
    return Stream.of(
            HEADER + NAME + "00010001",
            "123401000001000000000001" + NAME + "001c0001" + "0000291000000080000000",
            HEADER + "c00c" + "00010001",
            HEADER + "3f" + "5c2e".repeat(31) + "2e" + "00" + "000c0001",
            "123481800001000100000000" + NAME + "00010001" + "c00c00010001000000780004" + "01020304",
            "123481830001000000010000" + NAME + "00010001" + "c00c00060001000000780004" + "00000000",
            "12348180000100010000ffff" + NAME + "00010001" + "c00c00050001ffffffff0002c00c")
        .map(HexFormat.of()::parseHex);
  }

  @MethodSource("packets")
  @FuzzTest
  void a_query_is_understood_or_refused_and_can_be_answered(byte[] packet) {
    Query.parse(packet).ifPresent(
        query -> {
          Question question = query.question();
          Record record = new Record(question.name(), 30, new Record.Name(Type.CNAME, "a." + question.name()));
          for (int limit : new int[] {12, 512, 65_535}) {
            Answer answer = new Answer(ResponseCode.NOERROR, List.of(record, record), List.of(), List.of(record));
            byte[] response = ResponseWriter.write(query, answer, true, Math.max(limit, query.questionEnd() + 11));
            assertThat(response.length).isLessThanOrEqualTo(Math.max(limit, query.questionEnd() + 11));
          }
        });
  }

  @MethodSource("packets")
  @FuzzTest
  void an_answer_of_another_server_is_understood_or_refused(byte[] packet) {
    Query query = Query.parse(HexFormat.of().parseHex(HEADER + NAME + "00010001")).orElseThrow();
    UpstreamResponse.parse(packet, 0x1234, query.question())
        .ifPresent(response -> assertThat(response.answerTo(query, 5, 3600)).hasSameSizeAs(response.bytes()));
  }
}
