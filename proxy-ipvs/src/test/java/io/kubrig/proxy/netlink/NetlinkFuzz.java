package io.kubrig.proxy.netlink;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

class NetlinkFuzz {

  static Stream<byte[]> datagrams() {
    byte[] attributes = new AttributeWriter().string(1, "table").u32(2, 7).nested(3, inner -> inner.u8(1, 255)).toArray();
    byte[] whole = MessageCodec.batch(List.of(new NetlinkMessage(10, 3, 0, 2, attributes)), 5);
    byte[] huge = whole.clone();
    huge[20] = -1;
    huge[21] = -1;
    huge[22] = -1;
    huge[23] = 0x7f; // a length that overflows when something is added to it
    return Stream.of(whole, huge, new byte[16], "0123456789abcdef".getBytes(StandardCharsets.US_ASCII));
  }

  @MethodSource("datagrams")
  @FuzzTest
  void a_datagram_is_read_or_refused(byte[] datagram) {
    try {
      for (MessageCodec.Frame frame : MessageCodec.parse(datagram)) {
        frame.errno();
        walk(frame.reply(4).attributes(), 0);
      }
    } catch (IllegalArgumentException refused) {
      // documented
    }
  }

  private static void walk(Attributes attributes, int depth) {
    for (Attributes.Attribute attribute : attributes.all()) {
      attributes.string(attribute.type());
      attributes.number(attribute.type(), 0);
      if (depth < 4) {
        try {
          walk(attribute.nested(), depth + 1);
        } catch (IllegalArgumentException plain) {
          // no nested attributes
        }
      }
    }
  }
}
