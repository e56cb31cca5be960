/**
 * The hashes that native controllers put into names and labels.
 *
 * <p>{@code pod-template-hash} and the revision hash of DaemonSets are FNV-1a over the text that Go prints of the template's struct, so
 * {@link io.kubrig.operators.hash.GoPrinter} prints it: every field of the Go types, in their order, set or not. The types are data
 * ({@code pod-template.types}, read by {@link io.kubrig.operators.hash.GoTypes}). Revisions of StatefulSets are hashed by their JSON
 * text, which {@link io.kubrig.operators.hash.GoJson} writes as Go does.
 */
package io.kubrig.operators.hash;
