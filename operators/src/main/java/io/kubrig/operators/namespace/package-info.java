/**
 * Namespaces that are being deleted: their content goes first, pods before all else; what holds it up is told in conditions.
 *
 * <p>{@link io.kubrig.operators.namespace.NamespaceController} acts, {@link io.kubrig.operators.namespace.ContentDeletion} empties a
 * namespace kind by kind, {@link io.kubrig.operators.namespace.Emptying} is what came of it, and {@link
 * io.kubrig.operators.namespace.NamespaceConditions} tells it.
 */
package io.kubrig.operators.namespace;
