package io.kubrig.scheduler.devices;

/** What names a device in the whole cluster. */
public record DeviceId(String driver, String pool, String name) {
  @Override
  public String toString() {
    return driver + "/" + pool + "/" + name;
  }
}
