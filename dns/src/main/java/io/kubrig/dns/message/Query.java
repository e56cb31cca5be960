package io.kubrig.dns.message;

import java.util.Optional;

/**
 * A query as received.
 *
 * @param id the client's number, to be repeated
 * @param opcode 0 for a standard query
 * @param question what is asked
 * @param questionEnd where the question ends in {@code bytes}
 * @param edns whether the client speaks EDNS0
 * @param udpSize how large an answer over UDP may be. Unit: bytes
 * @param dnssec whether the client wants signatures
 * @param bytes the whole message
 */
public record Query(int id, int opcode, boolean recursionDesired, Question question, int questionEnd, boolean edns, int udpSize,
    boolean dnssec, byte[] bytes) {
  private static final int HEADER = 12;
  private static final int PLAIN_UDP = 512;
  private static final int DNSSEC_OK = 0x8000;

  /** Reads a query; empty when it is none: an answer, cut off, or not with exactly one question. */
  public static Optional<Query> parse(byte[] bytes) {
    try {
      WireReader reader = new WireReader(bytes);
      if (bytes.length < HEADER || (reader.u16(2) & 0x8000) != 0 || reader.u16(4) != 1) {
        return Optional.empty();
      }
      int flags = reader.u16(2);
      reader.seek(HEADER);
      Question question = new Question(reader.name(), reader.u16(), reader.u16());
      int end = reader.position();
      int others = reader.u16(6) + reader.u16(8) + reader.u16(10);
      int size = PLAIN_UDP;
      boolean edns = false;
      boolean dnssec = false;
      for (int i = 0; i < others; i++) {
        reader.name();
        int type = reader.u16();
        int dnsClass = reader.u16();
        long ttl = reader.u32();
        reader.skip(reader.u16());
        if (type == Type.OPT) {
          edns = true;
          size = Math.max(PLAIN_UDP, dnsClass);
          dnssec = (ttl & DNSSEC_OK) != 0;
        }
      }
      return Optional.of(new Query(reader.u16(0), flags >> 11 & 15, (flags & 0x100) != 0, question, end, edns, size, dnssec, bytes));
    } catch (IndexOutOfBoundsException | IllegalArgumentException malformed) {
      return Optional.empty();
    }
  }
}
