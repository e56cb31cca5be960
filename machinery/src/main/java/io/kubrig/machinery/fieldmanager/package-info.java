/**
 * Who owns which field: managedFields and server-side apply.
 *
 * <p>{@link io.kubrig.machinery.fieldmanager.FieldManager} is the door: one per kind, version and subresource. It reads the entries into
 * {@link io.kubrig.machinery.fieldmanager.FieldSet}s, compares or merges objects under their schema and writes the entries back.
 *
 * <p>Source: KEP-555 and the semantics of structured merge.
 */
package io.kubrig.machinery.fieldmanager;
