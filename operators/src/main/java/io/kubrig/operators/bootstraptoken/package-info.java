/**
 * Bootstrap tokens, by which nodes join: expired ones are deleted, and the ConfigMap cluster-info is signed with those that may sign.
 */
package io.kubrig.operators.bootstraptoken;
