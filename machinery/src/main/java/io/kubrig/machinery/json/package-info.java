/**
 * JSON as the Kubernetes API speaks it: a byte-level reader and writer over {@link io.kubrig.machinery.tree.Tree}.
 *
 * <p>{@link io.kubrig.machinery.json.Json} is the door. Reading keeps integers and other numbers apart, bounds size, depth and the number
 * of values, remembers duplicate members, and fails with the words of Go's encoding/json; writing prints the bytes that Go would print.
 */
package io.kubrig.machinery.json;
