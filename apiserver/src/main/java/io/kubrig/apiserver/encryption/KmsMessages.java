package io.kubrig.apiserver.encryption;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** The protobuf messages of key management, by their field numbers. (Source: k8s.io/kms/apis/v2/api.proto.) */
final class KmsMessages {
  private KmsMessages() {}

  /** Fields that have come: the last of each number, and pairs of a map. */
  static final class Fields {
    private final Map<Integer, byte[]> bytes = new TreeMap<>();
    private final Map<Integer, Long> numbers = new TreeMap<>();
    private final Map<Integer, Map<String, byte[]>> maps = new TreeMap<>();

    byte[] bytes(int number) {
      return bytes.getOrDefault(number, new byte[0]);
    }

    String text(int number) {
      return new String(bytes(number), StandardCharsets.UTF_8);
    }

    long number(int number) {
      return numbers.getOrDefault(number, 0L);
    }

    Map<String, byte[]> map(int number) {
      return maps.getOrDefault(number, Map.of());
    }
  }

  /**
   * Reads a message.
   *
   * @param map the number of its field that is a map from text to bytes, 0 for none
   */
  static Fields read(byte[] message, int map) throws IOException {
    Fields fields = new Fields();
    CodedInputStream in = CodedInputStream.newInstance(message);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      int number = WireFormat.getTagFieldNumber(tag);
      switch (WireFormat.getTagWireType(tag)) {
        case WireFormat.WIRETYPE_VARINT -> fields.numbers.put(number, in.readInt64());
        case WireFormat.WIRETYPE_LENGTH_DELIMITED -> {
          byte[] content = in.readByteArray();
          if (number == map) {
            Fields pair = read(content, 0);
            fields.maps.computeIfAbsent(number, key -> new TreeMap<>()).put(pair.text(1), pair.bytes(2));
          } else {
            fields.bytes.put(number, content);
          }
        }
        default -> in.skipField(tag);
      }
    }
    return fields;
  }

  /** A message under way. What is empty is left out, as protobuf does. */
  static final class Writer {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CodedOutputStream out = CodedOutputStream.newInstance(bytes);

    Writer bytes(int number, byte[] value) {
      return value.length == 0 ? this : write(() -> out.writeByteArray(number, value));
    }

    Writer text(int number, String value) {
      return value.isEmpty() ? this : write(() -> out.writeString(number, value));
    }

    Writer number(int number, long value) {
      return value == 0 ? this : write(() -> out.writeInt64(number, value));
    }

    Writer map(int number, Map<String, byte[]> pairs) {
      new TreeMap<>(pairs).forEach(
          (key, value) -> write(() -> out.writeByteArray(number, new Writer().text(1, key).bytes(2, value).done())));
      return this;
    }

    private interface Step {
      void take() throws IOException;
    }

    private Writer write(Step step) {
      try {
        step.take();
        return this;
      } catch (IOException e) {
        throw new UncheckedIOException(e); // memory does not fail
      }
    }

    byte[] done() {
      write(out::flush);
      return bytes.toByteArray();
    }
  }
}
