package io.kubrig.apiserver.kinds.service;

import io.kubrig.apiserver.kinds.LiveCluster;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.tree.Tree;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The ports that services hold on every node, for all servers on one storage: one bit each in a stored RangeAllocation. A port is taken
 * before the service is written and given back after; what is lost in between is found by {@link PortRepair}. Ports that nobody asked for
 * by number come from the upper part of the range first (KEP-3668). (Source: registry/core/service/portallocator.)
 */
final class NodePorts {
  static final String KEY = "/registry/ranges/servicenodeports";

  private final LiveCluster cluster;

  NodePorts(LiveCluster cluster) {
    this.cluster = cluster;
  }

  private int first() {
    return cluster.settings().firstNodePort();
  }

  private int size() {
    return cluster.settings().lastNodePort() - first() + 1;
  }

  /** The range as it is stored and said. */
  String range() {
    return first() + "-" + cluster.settings().lastNodePort();
  }

  boolean isInRange(int port) {
    return port >= first() && port < first() + size();
  }

  /** Takes a certain port; answers what is wrong, if something is. */
  synchronized Optional<String> take(int port) {
    Optional<String> outside = outside(port);
    if (outside.isPresent()) {
      return outside;
    }
    boolean[] taken = {false};
    revise(bits -> {
      taken[0] = !bits.testBit(port - first());
      return bits.setBit(port - first());
    });
    return taken[0] ? Optional.empty() : Optional.of("provided port is already allocated");
  }

  /** Whether somebody has a port; nobody has one out of the range. */
  boolean isTaken(int port) {
    return isInRange(port) && stored().testBit(port - first());
  }

  private Optional<String> outside(int port) {
    return isInRange(port) ? Optional.empty()
        : Optional.of("provided port is not in the valid range. The range of valid ports is " + range());
  }

  /** Takes any free port; empty when there is none. */
  synchronized Optional<Integer> takeAny() {
    int[] taken = {-1};
    revise(bits -> {
      taken[0] = free(bits);
      return taken[0] < 0 ? bits : bits.setBit(taken[0]);
    });
    return taken[0] < 0 ? Optional.empty() : Optional.of(first() + taken[0]);
  }

  private int free(BigInteger bits) {
    int size = size();
    int reserved = size <= 16 ? 0 : Math.min(Math.max(16, size / 32), 128);
    int upper = probe(bits, reserved, size - reserved);
    return upper >= 0 ? upper : probe(bits, 0, reserved);
  }

  private int probe(BigInteger bits, int first, int count) {
    int start = count > 0 ? cluster.random().nextInt(count) : 0;
    for (int i = 0; i < count; i++) {
      int bit = first + (start + i) % count;
      if (!bits.testBit(bit)) {
        return bit;
      }
    }
    return -1;
  }

  /** Gives ports back; those out of the range are nobody's. */
  synchronized void release(Collection<Integer> ports) {
    List<Integer> held = ports.stream().filter(this::isInRange).toList();
    if (!held.isEmpty()) {
      revise(bits -> {
        BigInteger left = bits;
        for (int port : held) {
          left = left.clearBit(port - first());
        }
        return left;
      });
    }
  }

  // ---- what is stored ------------------------------------------------------------------------------------------------

  /** The ports that are taken, as bits from the first port of the range on. */
  private BigInteger stored() {
    return cluster.records().get(KEY).map(this::bits).orElse(BigInteger.ZERO);
  }

  /** Native refuses to allocate in another range than the stored one, too: servers that disagree must not share one. */
  private BigInteger bits(Tree allocation) {
    String range = allocation.string("range");
    if (!range.isEmpty() && !range.equals(range())) {
      throw ApiException.internal("the provided range does not match the current range");
    }
    return decoded(allocation);
  }

  static BigInteger decoded(Tree allocation) {
    return new BigInteger(1, Base64.getDecoder().decode(allocation.string("data")));
  }

  private void revise(UnaryOperator<BigInteger> change) {
    cluster.records().revise(KEY, allocation -> {
      BigInteger before = bits(allocation);
      BigInteger after = change.apply(before);
      return after.equals(before) ? allocation : allocation(after);
    }, Duration.ZERO);
  }

  /** The record of these bits. */
  Tree allocation(BigInteger bits) {
    byte[] bytes = bits.toByteArray();
    int sign = bytes[0] == 0 ? 1 : 0;
    String data = Base64.getEncoder().encodeToString(Arrays.copyOfRange(bytes, sign, bytes.length));
    return Tree.of("kind", "RangeAllocation", "apiVersion", "v1", "metadata", new Tree(), "range", range(), "data", data);
  }
}
