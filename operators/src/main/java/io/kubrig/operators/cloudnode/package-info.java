/**
 * Nodes as a cloud provider knows their machines ({@link io.kubrig.operators.cloud.Instances}): new ones are told who and where they are,
 * those of machines that have gone are deleted, those of machines that are switched off are tainted.
 */
package io.kubrig.operators.cloudnode;
