package io.kubrig.dns.message;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * An answer of another server, kept as bytes.
 *
 * @param code its response code
 * @param truncated whether the rest is to be had over TCP only
 * @param ttlOffsets where the times to live are
 * @param minimumTtl the shortest time to live of its records; for absence, that of the SOA and its minimum. Unit: seconds
 */
public record UpstreamResponse(byte[] bytes, int code, boolean truncated, int questionEnd, List<Integer> ttlOffsets, long minimumTtl,
    List<Record> answers) {
  private static final int HEADER = 12;

  /** Reads an answer to a query with that number and question; empty when it is not one. */
  public static Optional<UpstreamResponse> parse(byte[] bytes, int id, Question question) {
    try {
      WireReader reader = new WireReader(bytes);
      int flags = reader.u16(2);
      if (bytes.length < HEADER || (flags & 0x8000) == 0 || reader.u16(0) != id || reader.u16(4) != 1) {
        return Optional.empty();
      }
      reader.seek(HEADER);
      Question answered = new Question(reader.name(), reader.u16(), reader.u16());
      if (!answered.lowerName().equals(question.lowerName()) || answered.type() != question.type()
          || answered.dnsClass() != question.dnsClass()) {
        return Optional.empty();
      }
      return Optional.of(records(bytes, reader, flags));
    } catch (IndexOutOfBoundsException | IllegalArgumentException malformed) {
      return Optional.empty();
    }
  }

  private static UpstreamResponse records(byte[] bytes, WireReader reader, int flags) {
    int questionEnd = reader.position();
    int answerCount = reader.u16(6);
    int total = answerCount + reader.u16(8) + reader.u16(10);
    List<Integer> offsets = new ArrayList<>();
    List<Record> answers = new ArrayList<>();
    long minimum = Long.MAX_VALUE;
    for (int i = 0; i < total; i++) {
      String name = reader.name();
      int type = reader.u16();
      reader.u16();
      int ttlAt = reader.position();
      long ttl = reader.u32();
      int length = reader.u16();
      int data = reader.position();
      reader.skip(length);
      if (type == Type.OPT) {
        continue;
      }
      offsets.add(ttlAt);
      minimum = Math.min(minimum, ttl);
      if (type == Type.SOA && answerCount == 0) {
        minimum = Math.min(minimum, (long) reader.u16(data + length - 4) << 16 | reader.u16(data + length - 2));
      }
      if (i < answerCount) {
        data(bytes, type, data, length).ifPresent(found -> answers.add(new Record(name, (int) Math.min(ttl, Integer.MAX_VALUE), found)));
      }
    }
    return new UpstreamResponse(bytes, flags & 15, (flags & 0x0200) != 0, questionEnd, offsets, offsets.isEmpty() ? 0 : minimum, answers);
  }

  /** The records that follow an alias: addresses and further aliases. */
  private static Optional<Record.Data> data(byte[] bytes, int type, int at, int length) {
    return switch (type) {
      case Type.A, Type.AAAA -> {
        try {
          yield Optional.of(new Record.Address(InetAddress.getByAddress(Arrays.copyOfRange(bytes, at, at + length))));
        } catch (UnknownHostException wrongLength) {
          throw new IllegalArgumentException(wrongLength);
        }
      }
      case Type.CNAME -> {
        WireReader reader = new WireReader(bytes);
        reader.seek(at);
        yield Optional.of(new Record.Name(Type.CNAME, reader.name()));
      }
      default -> Optional.empty();
    };
  }

  /**
   * The answer for another query with the same question: its number, its spelling of the name, and times to live that went on. Unit:
   * seconds.
   */
  public byte[] answerTo(Query query, long age, long ttlLimit) {
    byte[] copy = bytes.clone();
    copy[0] = (byte) (query.id() >> 8);
    copy[1] = (byte) query.id();
    copy[2] = (byte) (copy[2] & 0xfe | (query.recursionDesired() ? 1 : 0));
    if (questionEnd == query.questionEnd()) {
      System.arraycopy(query.bytes(), HEADER, copy, HEADER, questionEnd - HEADER);
    }
    WireReader reader = new WireReader(bytes);
    for (int offset : ttlOffsets) {
      reader.seek(offset);
      long left = Math.max(0, Math.min(reader.u32(), ttlLimit) - age);
      for (int i = 0; i < 4; i++) {
        copy[offset + i] = (byte) (left >> 8 * (3 - i));
      }
    }
    return copy;
  }
}
