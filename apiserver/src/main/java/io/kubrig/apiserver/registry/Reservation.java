package io.kubrig.apiserver.registry;

/** What has been set aside for a write that is not stored yet. Exactly one of the two methods is called. */
public interface Reservation {
  /** The write is stored: keeps what was taken, gives back what the object no longer needs. */
  void commit();

  /** The write is not stored: gives back what was taken. */
  void undo();

  Reservation NONE =
      new Reservation() {
        @Override
        public void commit() {}

        @Override
        public void undo() {}
      };
}
