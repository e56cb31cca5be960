package io.kubrig.testkit.traffic;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Collectors;

/** Says which calls go wrong. What it says depends on what each client asks for, how often; not on how threads interleave. */
@FunctionalInterface
interface FaultPlan {
  FaultPlan NONE = (call, text, time) -> Optional.empty();
  List<Fault> KINDS =
      List.of(Fault.conflict(), Fault.tooManyRequests(), Fault.internalError(), Fault.unavailable(), Fault.timeoutAfterCommit(),
          new Fault.Lost(),
          new Fault.AnswerLost());

  /**
   * @param text the call as it is written
   * @param time which of the calls that are written so, from 1
   */
  Optional<Fault> of(Call call, String text, int time);

  /** Some of the calls, by a seed. */
  static FaultPlan random(long seed, double share, CallPattern calls) {
    return (call, text, time) -> {
      if (!calls.test(call)) {
        return Optional.empty();
      }
      RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed * 31 + text.hashCode() * 17L + time - 1);
      return random.nextDouble() < share ? Optional.of(fitting(call, random)) : Optional.empty();
    };
  }

  private static Fault fitting(Call call, RandomGenerator random) {
    Fault fault = KINDS.get(random.nextInt(KINDS.size()));
    boolean conflicting = call.verb().equals("update") || call.verb().equals("patch");
    return fault.equals(Fault.conflict()) && !conflicting ? Fault.unavailable() : fault;
  }

  /** Exactly these. */
  static FaultPlan of(List<Strike> strikes) {
    record At(String text, int time) {}
    Map<At, Strike> planned = strikes.stream()
        .collect(Collectors.toMap(strike -> new At(strike.call(), strike.time()), Function.identity(), (first, again) -> first));
    return (call, text, time) -> Optional.ofNullable(planned.get(new At(text, time))).map(Strike::fault);
  }
}
