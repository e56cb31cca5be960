package io.kubrig.apiserver.storage.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.KeyValue;
import io.kubrig.apiserver.storage.Entry;
import io.kubrig.apiserver.storage.Splice;
import io.kubrig.apiserver.storage.UnreadableValueException;

/** Keys and values between this server ({@code /registry/…}, JSON) and etcd (a configured prefix, native encodings). */
final class Translation {
  private static final String ROOT = "/registry/";

  private final String prefix;
  private final ByteString first;
  private final ByteString end;
  private final EtcdValues values;

  Translation(String prefix, EtcdValues values) {
    this.prefix = prefix + "/";
    this.first = EtcdClient.bytes(prefix + "/");
    this.end = EtcdClient.bytes(prefix + "0"); // the character after the slash
    this.values = values;
  }

  /** Where the keys begin. */
  ByteString first() {
    return first;
  }

  /** The first key behind them. */
  ByteString end() {
    return end;
  }

  boolean isOurs(ByteString etcdKey) {
    return etcdKey.startsWith(first);
  }

  ByteString etcdKey(String key) {
    return EtcdClient.bytes(prefix + key.substring(ROOT.length()));
  }

  String key(ByteString etcdKey) {
    return ROOT + etcdKey.substring(first.size()).toStringUtf8();
  }

  byte[] encode(String key, byte[] json) {
    return values.encode(json);
  }

  /** A key's state; one that cannot be understood says so when it is read. */
  Entry entry(KeyValue pair) {
    String key = key(pair.getKey());
    try {
      byte[] json = values.decode(pair.getValue().toByteArray());
      return new Entry(key, Splice.resourceVersion(json, pair.getModRevision()), pair.getCreateRevision(), pair.getModRevision(), null);
    } catch (UnreadableValueException e) {
      return Entry.unreadable(key, e.getMessage(), pair.getCreateRevision(), pair.getModRevision());
    }
  }
}
