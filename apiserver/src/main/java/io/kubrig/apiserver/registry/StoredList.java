package io.kubrig.apiserver.registry;

import io.kubrig.apiserver.http.Exchange;
import io.kubrig.apiserver.storage.Entry;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.tree.Tree;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A list in JSON made of stored bytes; items of built-in lists say no kind and apiVersion of their own. */
public final class StoredList implements Exchange.LargeBody {
  private static final byte[] METADATA = "\"metadata\":".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] END = {']', '}'};

  private final byte[] head;
  private final List<Entry> entries;
  private final boolean typed;
  private final long length;

  /** @param typed whether each item says its kind and apiVersion */
  StoredList(String kind, String apiVersion, Tree metadata, List<Entry> entries, boolean typed) {
    String start = "{\"kind\":\"" + kind + "\",\"apiVersion\":\"" + apiVersion + "\",\"metadata\":" + Json.text(metadata) + ",\"items\":[";
    this.head = start.getBytes(StandardCharsets.UTF_8);
    this.entries = entries;
    this.typed = typed;
    this.length = measure();
  }

  private long measure() {
    long size = head.length + END.length + Math.max(0, entries.size() - 1);
    for (Entry entry : entries) {
      byte[] value = entry.value();
      size += typed ? value.length : value.length - indexOfMetadata(value) + 1;
    }
    return size;
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public void writeTo(OutputStream out) throws IOException {
    out.write(head);
    boolean first = true;
    for (Entry entry : entries) {
      if (!first) {
        out.write(',');
      }
      first = false;
      byte[] value = entry.value();
      if (typed) {
        out.write(value);
      } else {
        int at = indexOfMetadata(value);
        out.write('{');
        out.write(value, at, value.length - at);
      }
    }
    out.write(END);
  }

  private static int indexOfMetadata(byte[] value) {
    outer:
    for (int i = 0; i + METADATA.length <= value.length; i++) {
      for (int j = 0; j < METADATA.length; j++) {
        if (value[i + j] != METADATA[j]) {
          continue outer;
        }
      }
      return i;
    }
    throw new IllegalStateException("a stored object has no metadata");
  }
}
