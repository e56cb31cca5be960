package io.kubrig.apiserver.storage;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The framing that logs and snapshots share:
 * {@code magic i32, length i32, checksum of the header i32, checksum of the payload i32, payload}. The header has a checksum of its own so
 * that a length can be trusted before the payload is looked at.
 */
final class Batches {
  static final int HEADER = 4 * Integer.BYTES;
  private static final int MAGIC = 0x4b624c31;
  private static final int MAX_LENGTH = 1 << 30;

  private Batches() {}

  /** A frame around records, ready to be written. */
  static ByteBuffer frame(List<LogRecord> records) {
    int length = 0;
    for (LogRecord record : records) {
      length += record.size();
    }
    ByteBuffer out = ByteBuffer.allocate(HEADER + length);
    out.position(HEADER);
    records.forEach(record -> record.write(out));
    int payload = checksum(out.array(), HEADER, length);
    out.putInt(0, MAGIC).putInt(4, length).putInt(12, payload);
    out.putInt(8, headerChecksum(length, payload));
    return out.flip();
  }

  /** What stands at an offset. */
  sealed interface Found {
    record Whole(List<LogRecord> records, long next) implements Found {}

    /** Zeros or the end of the file: nothing was ever written here. */
    record Nothing() implements Found {}

    /** Something that is no whole frame. */
    record Broken(String what) implements Found {}
  }

  static Found read(FileChannel file, long offset) throws IOException {
    long size = file.size();
    if (offset == size) {
      return new Found.Nothing();
    }
    if (size - offset < HEADER) {
      return isZero(file, offset, (int) (size - offset)) ? new Found.Nothing() : new Found.Broken("a batch header is cut off");
    }
    ByteBuffer header = readFully(file, offset, HEADER);
    int magic = header.getInt();
    int length = header.getInt();
    int headerSum = header.getInt();
    int payloadSum = header.getInt();
    if (magic == 0 && length == 0 && headerSum == 0 && payloadSum == 0) {
      return new Found.Nothing();
    }
    if (magic != MAGIC || length < 0 || length > MAX_LENGTH || headerSum != headerChecksum(length, payloadSum)) {
      return new Found.Broken("a batch header does not match its checksum");
    }
    if (size - offset - HEADER < length) {
      return new Found.Broken("a batch of " + length + " bytes is cut off");
    }
    ByteBuffer payload = readFully(file, offset + HEADER, length);
    if (checksum(payload.array(), 0, length) != payloadSum) {
      return new Found.Broken("a batch of " + length + " bytes does not match its checksum");
    }
    return new Found.Whole(records(payload), offset + HEADER + length);
  }

  /** Whether a whole frame stands anywhere behind an offset: then what is broken before it was once complete. */
  static boolean anyAfter(FileChannel file, long offset) throws IOException {
    long size = file.size();
    if (size - offset < HEADER) {
      return false;
    }
    ByteBuffer rest = readFully(file, offset, (int) Math.min(size - offset, Integer.MAX_VALUE - 16));
    for (int at = 1; at + HEADER <= rest.limit(); at++) {
      if (rest.getInt(at) == MAGIC && rest.getInt(at + 8) == headerChecksum(rest.getInt(at + 4), rest.getInt(at + 12))) {
        return true;
      }
    }
    return false;
  }

  /** Where the last byte that is not zero ends. */
  static long end(FileChannel file, long offset) throws IOException {
    ByteBuffer rest = readFully(file, offset, (int) Math.min(file.size() - offset, Integer.MAX_VALUE - 16));
    int last = rest.limit();
    while (last > 0 && rest.get(last - 1) == 0) {
      last--;
    }
    return offset + last;
  }

  private static List<LogRecord> records(ByteBuffer payload) {
    List<LogRecord> records = new ArrayList<>();
    while (payload.hasRemaining()) {
      records.add(LogRecord.read(payload));
    }
    return records;
  }

  private static boolean isZero(FileChannel file, long offset, int length) throws IOException {
    ByteBuffer bytes = readFully(file, offset, length);
    while (bytes.hasRemaining()) {
      if (bytes.get() != 0) {
        return false;
      }
    }
    return true;
  }

  static ByteBuffer readFully(FileChannel file, long offset, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      if (file.read(bytes, offset + bytes.position()) < 0) {
        throw new EOFException("the file became shorter while it was read");
      }
    }
    return bytes.flip();
  }

  static void writeFully(FileChannel file, ByteBuffer bytes, long offset) throws IOException {
    long at = offset;
    while (bytes.hasRemaining()) {
      at += file.write(bytes, at);
    }
  }

  /** Reads a file that must be whole from beginning to end. */
  static List<LogRecord> readAll(Path path, FileChannel file) throws IOException {
    List<LogRecord> all = new ArrayList<>();
    long offset = 0;
    while (true) {
      switch (read(file, offset)) {
        case Found.Whole whole -> {
          all.addAll(whole.records());
          offset = whole.next();
        }
        case Found.Nothing ignored -> {
          return all;
        }
        case Found.Broken broken -> throw new CorruptStorageException(path, offset, broken.what());
      }
    }
  }

  private static int headerChecksum(int length, int payload) {
    ByteBuffer header = ByteBuffer.allocate(12).putInt(MAGIC).putInt(length).putInt(payload);
    return checksum(header.array(), 0, 12);
  }

  private static int checksum(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }
}
