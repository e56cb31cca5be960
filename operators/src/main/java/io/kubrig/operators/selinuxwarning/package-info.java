/**
 * Warns of pods that share a volume under different SELinux labels or ways to relabel it (KEP-1710): on one node only one of them
 * could have it. {@link io.kubrig.operators.selinuxwarning.LabelUse} is the pure comparison.
 */
package io.kubrig.operators.selinuxwarning;
