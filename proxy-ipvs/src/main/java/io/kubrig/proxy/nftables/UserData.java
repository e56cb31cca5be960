package io.kubrig.proxy.nftables;

import io.kubrig.proxy.netlink.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The type-length-value notes that {@code nft} keeps beside objects; pure. Source: libnftnl/udata.h. */
final class UserData {
  /** Comment of a table, chain, rule or element. */
  static final int COMMENT = 0;
  /** Comment of a set. */
  static final int SET_COMMENT = 7;

  private static final int SET_KEY_BYTE_ORDER = 0;
  private static final int HOST_ENDIAN = 1;
  private static final int BIG_ENDIAN = 2;
  private static final int LIMIT = 127;

  private UserData() {
  }

  static Bytes comment(int type, String comment) {
    byte[] text = comment.getBytes(StandardCharsets.UTF_8);
    int length = Math.min(text.length, LIMIT);
    byte[] note = new byte[length + 3];
    note[0] = (byte) type;
    note[1] = (byte) (length + 1);
    System.arraycopy(text, 0, note, 2, length);
    return Bytes.of(note);
  }

  static Bytes ofSet(NftSet set) {
    int order = set.key().hostOrder() ? HOST_ENDIAN : BIG_ENDIAN;
    ByteBuffer note = ByteBuffer.allocate(6).order(ByteOrder.nativeOrder()).put((byte) SET_KEY_BYTE_ORDER).put((byte) 4).putInt(order);
    Bytes keyOrder = Bytes.of(note.array());
    return set.comment().isEmpty() ? keyOrder : keyOrder.plus(comment(SET_COMMENT, set.comment()));
  }

  /** The comment among the notes, empty when there is none. */
  static String readComment(int type, Bytes notes) {
    byte[] content = notes.toArray();
    int at = 0;
    while (at + 2 <= content.length) {
      int length = content[at + 1] & 0xff;
      if (content[at] == type && at + 2 + length <= content.length && length > 0) {
        return new String(Arrays.copyOfRange(content, at + 2, at + 1 + length), StandardCharsets.UTF_8);
      }
      at += 2 + length;
    }
    return "";
  }
}
