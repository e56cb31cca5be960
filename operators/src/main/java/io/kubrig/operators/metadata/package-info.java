/**
 * Objects of any kind, seen by their metadata alone: what discovery offers ({@link io.kubrig.operators.metadata.Discovery}), requests
 * for them ({@link io.kubrig.operators.metadata.MetadataClient}) and a watched list per kind ({@link
 * io.kubrig.operators.metadata.MetadataInformer}). For controllers that treat all kinds alike.
 */
package io.kubrig.operators.metadata;
