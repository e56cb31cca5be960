package io.kubrig.operators.loadbalancer;

/** A load balancer cannot be provided now. */
final class LoadBalancerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LoadBalancerException(String message) {
    super(message);
  }
}
