package io.kubrig.operators.sweep;

import io.kubrig.operators.ControllerManagerOptions;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** What a world is about: which controllers live in it, what users do, what must always hold, and what must hold in the end. */
interface Story {
  List<Function<ControllerContext, Controller>> controllers();

  /** Makes the first objects. */
  void begin(MemoryServer server);

  /** What a user does now and then. */
  void act(MemoryServer server, RandomGenerator random);

  /** As {@link #act(MemoryServer, RandomGenerator)}, for users who know what time it is. */
  default void act(MemoryServer server, RandomGenerator random, Instant now) {
    act(server, random);
  }

  /** What happens by itself whenever time passes. */
  default void tick(MemoryServer server, Instant now) {}

  /** Protests against a change that must never happen. */
  void saw(MemoryServer server, MemoryServer.Change change);

  /** Protests unless everything is as the objects say. */
  void settled(MemoryServer server);

  /** As {@link #settled(MemoryServer)}, with the time of the end. */
  default void settled(MemoryServer server, Instant now) {
    settled(server);
  }

  /** The flags of the manager. */
  default ControllerManagerOptions options() {
    return ControllerManagerOptions.parse();
  }

  /** Whether pods end by themselves. */
  default boolean podsEnd() {
    return false;
  }

  /** Whether a key is of an object that makes no sense, so that its reconcile may fail as it likes. */
  default boolean isAbsurd(Key key) {
    return false;
  }
}
