package io.kubrig.kubelet.containerd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** Tells whether a program brings everything it needs along. Source: elf(5), 64-bit little-endian. */
final class StaticBinary {
  private static final int ELF_MAGIC = 0x464c457f;
  private static final int PT_INTERP = 3;
  private static final int HEADER_BYTES = 64;

  private StaticBinary() {}

  /** Whether the file is an ELF program that names no interpreter. */
  static boolean isStatic(Path file) {
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer header = read(channel, 0, HEADER_BYTES);
      if (header.remaining() < HEADER_BYTES || header.getInt(0) != ELF_MAGIC) {
        return false;
      }
      long offset = header.getLong(32);
      int size = header.getShort(54);
      int count = header.getShort(56);
      ByteBuffer programs = read(channel, offset, size * count);
      for (int i = 0; i < count; i++) {
        if (programs.getInt(i * size) == PT_INTERP) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ByteBuffer read(FileChannel channel, long position, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    channel.position(position);
    while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
      continue;
    }
    return buffer.flip();
  }
}
