/** Which of the volume plugins that once were part of Kubernetes were given over to CSI drivers: for all controllers of volumes. */
package io.kubrig.operators.volumes;
