/**
 * What {@code init}, {@code join} and {@code token} know, under kubeadm's names, without starting anything.
 *
 * <ul>
 *   <li>{@code InitConfiguration}, {@code JoinConfiguration}: {@code kubeadm.k8s.io/v1beta4}, from flags and files, and back into files.
 *   <li>{@code BootstrapToken}: a token and its Secret; {@code PublicKeyPins}: what it may be sure of.
 *   <li>{@code Discovery}: from an address and a token to a kubeconfig that can be trusted.
 *   <li>{@code Permissions}, {@code SharedObjects}: the objects that let machines join.
 *   <li>{@code Preflight}: what has to hold of the machine.
 * </ul>
 */
package io.kubrig.standalone.kubeadm;
