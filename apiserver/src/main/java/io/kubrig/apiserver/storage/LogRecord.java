package io.kubrig.apiserver.storage;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * One key's state in a log or a snapshot.
 *
 * <p><b>Shape.</b>
 * {@code revision i64, created i64 (0: deleted), expires i64 (epoch ms, 0: never), key length i32, key, value length i32, value}; big
 * endian. The value is as {@link AtRest} makes it.
 */
record LogRecord(long revision, long created, long expires, String key, byte[] value) {
  private static final byte[] NOTHING = new byte[0];

  static LogRecord of(Change change, AtRest atRest) {
    Entry after = change.after();
    return after == null ? new LogRecord(change.revision(), 0, 0, change.key(), NOTHING) : of(after, atRest);
  }

  static LogRecord of(Entry entry, AtRest atRest) {
    long expires = entry.expires() == null ? 0 : entry.expires().toEpochMilli();
    byte[] kept = entry.isUnreadable() ? entry.kept() : atRest.seal(entry.key(), entry.key(), entry.value());
    return new LogRecord(entry.modified(), entry.created(), expires, entry.key(), kept);
  }

  boolean isDeletion() {
    return created == 0;
  }

  /** The version that is recorded; one that cannot be decrypted says so when it is read. */
  Entry entry(AtRest atRest) {
    Instant end = expires == 0 ? null : Instant.ofEpochMilli(expires);
    try {
      AtRest.Opened opened = atRest.open(key, key, value);
      Entry entry = new Entry(key, opened.value(), created, revision, end);
      return opened.outdated() ? entry.asOutdated() : entry;
    } catch (UnreadableValueException e) {
      return Entry.unreadable(key, value, e.getMessage(), created, revision, end);
    }
  }

  int size() {
    return 3 * Long.BYTES + 2 * Integer.BYTES + utf8().length + value.length;
  }

  private byte[] utf8() {
    return key.getBytes(StandardCharsets.UTF_8);
  }

  void write(ByteBuffer out) {
    byte[] name = utf8();
    out.putLong(revision).putLong(created).putLong(expires).putInt(name.length).put(name).putInt(value.length).put(value);
  }

  /** @throws IllegalArgumentException when the bytes are no record */
  static LogRecord read(ByteBuffer in) {
    try {
      long revision = in.getLong();
      long created = in.getLong();
      long expires = in.getLong();
      byte[] name = bytes(in);
      return new LogRecord(revision, created, expires, new String(name, StandardCharsets.UTF_8), bytes(in));
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("a record ends early", e);
    }
  }

  private static byte[] bytes(ByteBuffer in) {
    int length = in.getInt();
    if (length < 0 || length > in.remaining()) {
      throw new IllegalArgumentException("a record has an impossible length: " + length);
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }
}
