package io.kubrig.apiserver.flowcontrol;

import java.util.List;

/**
 * How seats go round among levels: each gets as much as it wants or as is its due, in proportion, between what it never lends and what it
 * may have at most. (Source: KEP-1040; apiserver/pkg/util/flowcontrol/conc_alloc.go.)
 */
final class SeatLending {
  private static final double LEAST_TARGET = 0.001;

  private SeatLending() {}

  /**
   * What one level can be given.
   *
   * @param least what it has in any case
   * @param most what it may have with all that it borrows, not less than {@code least}
   * @param target what it could use
   */
  record Claim(double least, double most, double target) {
    Claim {
      target = Math.max(target, LEAST_TARGET); // also what makes the claims of a level that rests equal
    }
  }

  /**
   * The seats of each level, in the order of the claims, and the proportion of its target that a level gets that meets neither bound.
   *
   * @param fraction of the targets
   */
  record Shares(double[] seats, double fraction) {}

  /** Divides all seats. Where the bounds do not let them be divided, the bounds win. */
  static Shares divide(double seats, List<Claim> claims) {
    Claim[] all = claims.toArray(Claim[]::new); // every ten seconds, on a virtual clock as fast as it goes: no streams below
    double low = 0;
    double high = 1;
    while (total(high, all) < seats && high < 1e12) {
      high *= 2;
    }
    double middle = (low + high) / 2;
    while (low < middle && middle < high) { // until no number lies between
      if (total(middle, all) < seats) {
        low = middle;
      } else {
        high = middle;
      }
      middle = (low + high) / 2;
    }
    double[] shares = new double[all.length];
    for (int i = 0; i < all.length; i++) {
      shares[i] = share(high, all[i]);
    }
    return new Shares(shares, high);
  }

  private static double total(double fraction, Claim[] claims) {
    double total = 0;
    for (Claim claim : claims) {
      total += share(fraction, claim);
    }
    return total;
  }

  private static double share(double fraction, Claim claim) {
    return Math.max(claim.least, Math.min(claim.most, fraction * claim.target));
  }
}
