package io.kubrig.apiserver.storage;

import java.time.Instant;

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
  private volatile Object facts;

  /**
   * @param created revision of the write that made the key
   * @param modified revision of the write that made this version
   * @param expires when the key goes by itself; null for never
   */
  public Entry(String key, byte[] value, long created, long modified, Instant expires) {
    this.key = key;
    this.value = value;
    this.created = created;
    this.modified = modified;
    this.expires = expires;
  }

  public String key() {
    return key;
  }

  /** Not to be changed. */
  public byte[] value() {
    return value;
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

  /** What the registry has extracted from the value (labels, selectable fields, …); null until it did. Any thread may set it to an equal value. */
  public Object facts() {
    return facts;
  }

  public void facts(Object extracted) {
    facts = extracted;
  }
}
