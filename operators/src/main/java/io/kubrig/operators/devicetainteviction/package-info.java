/**
 * Device taint eviction (KEP-5055): pods whose allocated devices have NoExecute taints that the allocation does not tolerate are deleted.
 * {@link io.kubrig.operators.devicetainteviction.DeviceTaints} is the pure decision. Taints of DeviceTaintRules are not read yet.
 */
package io.kubrig.operators.devicetainteviction;
