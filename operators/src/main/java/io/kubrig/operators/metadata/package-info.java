/**
 * Objects of any kind, seen by their metadata alone: what discovery offers ({@link io.kubrig.operators.metadata.Discovery}), requests
 * for them ({@link io.kubrig.operators.metadata.MetadataClient}) and what happens to them ({@link
 * io.kubrig.operators.metadata.MetadataFeed}), from a watch of its own or from a cache that others keep. For controllers that treat all
 * kinds alike.
 */
package io.kubrig.operators.metadata;
