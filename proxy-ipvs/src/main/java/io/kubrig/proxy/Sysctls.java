package io.kubrig.proxy;

import java.io.IOException;
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
        return Long.parseLong(Files.readString(Path.of("/proc/sys", name)).strip());
      }

      @Override
      public void write(String name, long value) throws IOException {
        Files.writeString(Path.of("/proc/sys", name), Long.toString(value));
      }
    };
  }
}
