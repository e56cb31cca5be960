/**
 * Attaching and detaching CSI volumes: a VolumeAttachment for each volume that a pod on a managed node uses, none for others. {@link
 * io.kubrig.operators.attachdetach.WantedVolumes} says what is wanted on a node.
 */
package io.kubrig.operators.attachdetach;
