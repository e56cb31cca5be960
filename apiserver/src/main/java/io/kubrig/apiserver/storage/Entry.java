package io.kubrig.apiserver.storage;

import java.time.Instant;
import java.util.function.Supplier;

/**
 * One version of the value under a key. Immutable but for {@link #facts}, which is computed once.
 *
 * <p>The value is the object's complete JSON in its storage version, resource version included.
 */
public final class Entry {
  private final String key;
  private final byte[] value;
  private final long created;
  private final long modified;
  private final Instant expires;
  private final String unreadable;
  private final boolean outdated;
  private volatile Object facts;
  private volatile Message message;

  /**
   * @param created revision of the write that made the key
   * @param modified revision of the write that made this version
   * @param expires when the key goes by itself; null for never
   */
  public Entry(String key, byte[] value, long created, long modified, Instant expires) {
    this(key, value, created, modified, expires, false, "");
  }

  private Entry(String key, byte[] value, long created, long modified, Instant expires, boolean outdated, String unreadable) {
    this.outdated = outdated;
    this.unreadable = unreadable;
    this.key = key;
    this.value = value;
    this.created = created;
    this.modified = modified;
    this.expires = expires;
  }

  /**
   * A version that is there but cannot be read: asking for its value throws {@link UnreadableValueException} with the reason.
   *
   * @param kept what is stored, to be stored again as it is
   */
  public static Entry unreadable(String key, byte[] kept, String why, long created, long modified, Instant expires) {
    return new Entry(key, kept, created, modified, expires, false, why);
  }

  /**
   * The same version, of which is known that it would be kept otherwise today: a write that changes nothing is to be carried out all the
   * same.
   */
  public Entry asOutdated() {
    return new Entry(key, value, created, modified, expires, true, unreadable);
  }

  /** Whether the value would be kept otherwise today, with another encryption. */
  public boolean outdated() {
    return outdated;
  }

  boolean isUnreadable() {
    return !unreadable.isEmpty();
  }

  /** What is kept, of a version that cannot be read. */
  byte[] kept() {
    return value;
  }

  public String key() {
    return key;
  }

  /**
   * Not to be changed.
   *
   * @throws UnreadableValueException when what is stored cannot be understood
   */
  public byte[] value() {
    if (!unreadable.isEmpty()) {
      throw new UnreadableValueException(unreadable);
    }
    return value;
  }

  /** How many bytes the value has. */
  public int size() {
    return value.length;
  }

  public long created() {
    return created;
  }

  public long modified() {
    return modified;
  }

  /** Null for never. */
  public Instant expires() {
    return expires;
  }

  /**
   * What the registry has extracted from the value (labels, selectable fields, …); null until it did. Any thread may set it to an equal
   * value.
   */
  public Object facts() {
    return facts;
  }

  public void facts(Object extracted) {
    facts = extracted;
  }

  /** The value encoded otherwise, made on first demand and kept; of the version that was asked for last. */
  public byte[] message(String version, Supplier<byte[]> encoder) {
    Message known = message;
    if (known == null || !known.version.equals(version)) {
      known = new Message(version, encoder.get());
      message = known;
    }
    return known.bytes;
  }

  private record Message(String version, byte[] bytes) {}
}
