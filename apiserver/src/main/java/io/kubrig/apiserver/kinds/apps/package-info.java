/** The kinds that keep a number of pods: the group apps, and core's ReplicationController. One file per kind. */
package io.kubrig.apiserver.kinds.apps;
