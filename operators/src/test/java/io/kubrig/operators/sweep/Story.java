package io.kubrig.operators.sweep;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.kubrig.operators.ControllerManagerOptions;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToLongFunction;
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

  /** The kinds that the server knows. */
  default List<Class<? extends HasMetadata>> kinds() {
    return World.KINDS;
  }

  /** What the server answers at paths that are not of objects. */
  default Optional<String> document(MemoryServer server, String path) {
    return Optional.empty();
  }

  /** Whether controllers watch some kinds by metadata alone, each on a thread of its own. */
  default boolean watches() {
    return false;
  }

  /** Is given, before anything happens, a way to ask up to which revision the manager knows a kind. */
  default void sight(ToLongFunction<Class<? extends HasMetadata>> seen) {}

  /** Hears what controllers tell users. */
  default void told(Event event) {}

  /** From now on nobody acts and nothing goes wrong. */
  default void calm() {}

  /** The most time that passes at once. */
  default Duration pace() {
    return Duration.ofSeconds(20);
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
