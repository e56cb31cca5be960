/**
 * Taint eviction: pods that do not tolerate a NoExecute taint of their node are deleted, those that tolerate it for a while when the
 * while is over. {@link io.kubrig.operators.tainteviction.Stay} is the pure decision.
 */
package io.kubrig.operators.tainteviction;
