/**
 * Finalizers that keep a claim while a pod uses it, a volume while a claim is bound to it, and a VolumeAttributesClass while it is in use.
 */
package io.kubrig.operators.volumeprotection;
