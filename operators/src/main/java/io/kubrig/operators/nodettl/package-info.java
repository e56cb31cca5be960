/** How long kubelets may keep Secrets and ConfigMaps without asking again: an annotation on each node, by the size of the cluster. */
package io.kubrig.operators.nodettl;
