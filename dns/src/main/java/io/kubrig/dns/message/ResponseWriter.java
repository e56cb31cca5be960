package io.kubrig.dns.message;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes a response: the question as it was asked, names compressed, cut to the size the client takes. */
public final class ResponseWriter {
  private static final int AUTHORITATIVE = 0x0400;
  private static final int TRUNCATED = 0x0200;
  private static final int RESPONSE = 0x8000;
  private static final int RECURSION_DESIRED = 0x0100;
  private static final int RECURSION_AVAILABLE = 0x0080;
  private static final int OPT_LENGTH = 11;
  private static final int OUR_UDP_SIZE = 1232;
  private static final int HEADER = 12;
  private static final int POINTER_LIMIT = 0x4000;

  private byte[] buffer = new byte[512];
  private int length;
  private final Map<String, Integer> offsets = new HashMap<>();

  private ResponseWriter() {
  }

  /**
   * A response of this server.
   *
   * @param limit the largest size; when records do not fit, those left out are said to be missing (TC). Unit: bytes
   */
  public static byte[] write(Query query, Answer answer, boolean authoritative, int limit) {
    int room = limit - (query.edns() ? OPT_LENGTH : 0);
    ResponseWriter writer = new ResponseWriter();
    writer.length = HEADER;
    writer.rememberQuestion(query);
    List<List<Record>> sections = List.of(answer.answers(), answer.authority(), answer.additional());
    int[] counts = new int[3];
    boolean truncated = false;
    for (int section = 0; section < 3 && !truncated; section++) {
      for (Record record : sections.get(section)) {
        if (!writer.fits(record, room)) {
          // additional records are a courtesy: leaving them out truncates nothing
          truncated = section < 2;
          break;
        }
        counts[section]++;
      }
    }
    if (query.edns()) {
      writer.opt(query.dnssec());
    }
    byte[] message = Arrays.copyOf(writer.buffer, writer.length);
    int flags = RESPONSE | query.opcode() << 11 | (authoritative ? AUTHORITATIVE : 0) | (truncated ? TRUNCATED : 0)
        | (query.recursionDesired() ? RECURSION_DESIRED : 0) | RECURSION_AVAILABLE | answer.code().ordinal();
    int[] header = {query.id(), flags, 1, counts[0], counts[1], counts[2] + (query.edns() ? 1 : 0)};
    for (int i = 0; i < header.length; i++) {
      message[2 * i] = (byte) (header[i] >> 8);
      message[2 * i + 1] = (byte) header[i];
    }
    return message;
  }

  /** The answer to something that is no query: its number and "format error". */
  public static byte[] formatError(byte[] message) {
    byte[] answer = new byte[12];
    System.arraycopy(message, 0, answer, 0, 2);
    answer[2] = (byte) 0x80;
    answer[3] = (byte) ResponseCode.FORMERR.ordinal();
    return answer;
  }

  private void rememberQuestion(Query query) {
    bytes(Arrays.copyOfRange(query.bytes(), HEADER, query.questionEnd()));
    List<String> labels = labels(query.question().name());
    int at = HEADER;
    for (int i = 0; i < labels.size(); i++) {
      offsets.putIfAbsent(key(labels.subList(i, labels.size())), at);
      at += 1 + unescaped(labels.get(i)).length;
    }
  }

  private boolean fits(Record record, int room) {
    int before = length;
    record(record);
    if (length <= room) {
      return true;
    }
    length = before;
    offsets.values().removeIf(offset -> offset >= before);
    return false;
  }

  private void record(Record record) {
    name(record.name());
    u16(record.data().type());
    u16(Question.CLASS_IN);
    u32(record.ttlSeconds());
    int at = length;
    u16(0);
    data(record.data());
    int size = length - at - 2;
    buffer[at] = (byte) (size >> 8);
    buffer[at + 1] = (byte) size;
  }

  private void data(Record.Data data) {
    switch (data) {
      case Record.Address address -> bytes(address.address().getAddress());
      case Record.Name name -> name(name.target());
      case Record.Service service -> {
        u16(service.priority());
        u16(service.weight());
        u16(service.port());
        plainName(service.target());
      }
      case Record.Text text -> {
        byte[] content = text.text().getBytes(StandardCharsets.UTF_8);
        u8(content.length);
        bytes(content);
      }
      case Record.Authority authority -> {
        name(authority.server());
        name(authority.mailbox());
        u32(authority.serial());
        u32(authority.refresh());
        u32(authority.retry());
        u32(authority.expire());
        u32(authority.minimum());
      }
    }
  }

  private void opt(boolean dnssec) {
    u8(0);
    u16(Type.OPT);
    u16(OUR_UDP_SIZE);
    u32(dnssec ? 0x8000 : 0);
    u16(0);
  }

  private void name(String name) {
    List<String> labels = labels(name);
    for (int i = 0; i < labels.size(); i++) {
      String rest = key(labels.subList(i, labels.size()));
      Integer known = offsets.get(rest);
      if (known != null) {
        u16(0xc000 | known);
        return;
      }
      if (length < POINTER_LIMIT) {
        offsets.put(rest, length);
      }
      label(labels.get(i));
    }
    u8(0);
  }

  /** The target of an SRV record is not compressed (RFC 2782). */
  private void plainName(String name) {
    labels(name).forEach(this::label);
    u8(0);
  }

  private void label(String label) {
    byte[] content = unescaped(label);
    u8(content.length);
    bytes(content);
  }

  private void u8(int value) {
    bytes(new byte[] {(byte) value});
  }

  private void bytes(byte[] content) {
    if (length + content.length > buffer.length) {
      buffer = Arrays.copyOf(buffer, Math.max(2 * buffer.length, length + content.length));
    }
    System.arraycopy(content, 0, buffer, length, content.length);
    length += content.length;
  }

  private void u16(int value) {
    u8(value >> 8);
    u8(value);
  }

  private void u32(long value) {
    u16((int) (value >> 16));
    u16((int) value);
  }

  private static String key(List<String> labels) {
    return String.join(".", labels).toLowerCase(Locale.ROOT);
  }

  private static byte[] unescaped(String label) {
    return label.replace("\\.", ".").replace("\\\\", "\\").getBytes(StandardCharsets.ISO_8859_1);
  }

  /** The labels of a name, still escaped. */
  private static List<String> labels(String name) {
    List<String> labels = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < name.length(); i++) {
      if (name.charAt(i) == '\\') {
        i++;
      } else if (name.charAt(i) == '.') {
        labels.add(name.substring(from, i));
        from = i + 1;
      }
    }
    if (from < name.length()) {
      labels.add(name.substring(from));
    }
    return labels;
  }
}
