package io.kubrig.apiserver.registry;

import io.kubrig.apiserver.status.ApiException;
import io.kubrig.apiserver.storage.Entry;

/** What native's storage says when the object is another than the one that a write was meant for. */
public final class Preconditions {
  private static final String ROOT = "/registry";

  private Preconditions() {}

  /**
   * The 409 of a failed precondition.
   *
   * @param why which precondition, and what the object has instead
   */
  public static ApiException failed(Operation operation, Resource resource, Entry entry, String why) {
    return failed(operation, resource, entry.key(), why);
  }

  private static ApiException failed(Operation operation, Resource resource, String stored, String why) {
    // a dry run is checked in front of the storage, where keys do not have its root yet
    String key = operation.dryRun() && stored.startsWith(ROOT) ? stored.substring(ROOT.length()) : stored;
    return ApiException.conflict(
        resource.group(),
        resource.plural(),
        operation.name(),
        "StorageError: invalid object, Code: 4, Key: " + key + ", ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: " + why);
  }

  static ApiException otherUid(Operation operation, Resource resource, Entry entry, String wanted, String actual) {
    return otherUid(operation, resource, entry.key(), wanted, actual);
  }

  static ApiException otherUid(Operation operation, Resource resource, String key, String wanted, String actual) {
    return failed(operation, resource, key, "UID in precondition: " + wanted + ", UID in object meta: " + actual);
  }
}
