package io.kubrig.proxy;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Kernel parameters by their path below {@code /proc/sys}. */
interface Sysctls {
  long read(String name) throws IOException;

  void write(String name, long value) throws IOException;

  /** Those of this machine's kernel. */
  static Sysctls ofKernel() {
    return new Sysctls() {
      @Override
      public long read(String name) throws IOException {
        // one read call: the kernel answers a second one, after a part, with the end of the file
        byte[] buffer = new byte[64];
        try (InputStream in = new FileInputStream("/proc/sys/" + name)) {
          int length = in.read(buffer);
          return Long.parseLong(new String(buffer, 0, Math.max(0, length), StandardCharsets.US_ASCII).strip());
        }
      }

      @Override
      public void write(String name, long value) throws IOException {
        Files.writeString(Path.of("/proc/sys", name), Long.toString(value));
      }
    };
  }
}
