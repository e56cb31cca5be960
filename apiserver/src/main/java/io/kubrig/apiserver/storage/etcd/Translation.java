package io.kubrig.apiserver.storage.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.KeyValue;
import io.kubrig.apiserver.storage.AtRest;
import io.kubrig.apiserver.storage.Entry;
import io.kubrig.apiserver.storage.Splice;
import io.kubrig.apiserver.storage.UnreadableValueException;
import java.io.IOException;

/** Keys and values between this server ({@code /registry/…}, JSON) and etcd (a configured prefix, native encodings). */
final class Translation {
  private static final String ROOT = "/registry/";

  private final String prefix;
  private final ByteString first;
  private final ByteString end;
  private final EtcdValues values;
  private final AtRest atRest;

  Translation(String prefix, EtcdValues values, AtRest atRest) {
    this.atRest = atRest;
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
    return EtcdClient.bytes(place(key));
  }

  String key(ByteString etcdKey) {
    return ROOT + etcdKey.substring(first.size()).toStringUtf8();
  }

  private String place(String key) {
    return prefix + key.substring(ROOT.length());
  }

  /**
   * What is kept of an object.
   *
   * @throws IOException when it can not be encrypted now
   */
  byte[] encode(String key, byte[] json) throws IOException {
    atRest.ready(key);
    return atRest.seal(key, place(key), values.encode(json));
  }

  /** A key's state; one that cannot be understood says so when it is read. */
  Entry entry(KeyValue pair) {
    String key = key(pair.getKey());
    byte[] kept = pair.getValue().toByteArray();
    try {
      AtRest.Opened opened = atRest.open(key, place(key), kept);
      byte[] json = Splice.resourceVersion(values.decode(opened.value()), pair.getModRevision());
      Entry entry = new Entry(key, json, pair.getCreateRevision(), pair.getModRevision(), null);
      return opened.outdated() ? entry.asOutdated() : entry;
    } catch (UnreadableValueException e) {
      String why = "unable to transform key \"" + place(key) + "\": " + e.getMessage();
      return Entry.unreadable(key, kept, why, pair.getCreateRevision(), pair.getModRevision(), null);
    }
  }
}
