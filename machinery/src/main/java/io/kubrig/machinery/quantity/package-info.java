/** Amounts of resources: exact numbers with the suffixes of Kubernetes. */
package io.kubrig.machinery.quantity;
