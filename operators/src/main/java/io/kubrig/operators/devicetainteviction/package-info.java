/**
 * Device taint eviction (KEP-5055): pods whose allocated devices have NoExecute taints that the allocation does not tolerate are deleted.
 * {@link io.kubrig.operators.devicetainteviction.DeviceTaints} is the pure decision. {@code TaintRules} adds the taints of
 * DeviceTaintRules, where the gate DRADeviceTaintRules is on and the server serves them.
 */
package io.kubrig.operators.devicetainteviction;
