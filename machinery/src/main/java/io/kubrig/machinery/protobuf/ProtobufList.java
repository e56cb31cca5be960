package io.kubrig.machinery.protobuf;

import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.tree.Tree;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/**
 * A list of objects whose messages were encoded before, in its envelope. It is written piece by piece and never put together: a large list
 * needs no memory of its own.
 */
public final class ProtobufList {
  private static final int ITEMS = 2;
  private static final int ITEM_TAG = ITEMS << 3 | BackwardWriter.BYTES;
  private static final int LONGEST_ITEM_HEAD = 6;

  private final byte[] head;
  private final byte[] tail;
  private final List<byte[]> messages;
  private final long length;

  /**
   * @param listMeta the schema of {@code ListMeta}
   * @param messages of the items, without envelopes
   */
  public ProtobufList(GroupVersionKind listKind, Schema listMeta, Tree metadata, List<byte[]> messages) {
    this.messages = messages;
    long items = 0;
    byte[] scratch = new byte[LONGEST_ITEM_HEAD];
    for (byte[] message : messages) {
      items += itemHead(message, scratch) + message.length;
    }
    this.head = Protobuf.listHead(listKind, listMeta, metadata, items);
    this.tail = Protobuf.envelopeTail();
    this.length = head.length + items + tail.length;
  }

  /** How many bytes {@link #writeTo} writes. */
  public long length() {
    return length;
  }

  public void writeTo(OutputStream out) throws IOException {
    out.write(head);
    byte[] itemHead = new byte[LONGEST_ITEM_HEAD];
    for (byte[] message : messages) {
      out.write(itemHead, 0, itemHead(message, itemHead));
      out.write(message);
    }
    out.write(tail);
  }

  /** Puts tag and length of an item into a buffer; answers how many bytes that takes. */
  private static int itemHead(byte[] message, byte[] into) {
    int at = 0;
    into[at++] = ITEM_TAG;
    int rest = message.length;
    while (rest > 0x7f) {
      into[at++] = (byte) (rest & 0x7f | 0x80);
      rest >>>= 7;
    }
    into[at++] = (byte) rest;
    return at;
  }
}
