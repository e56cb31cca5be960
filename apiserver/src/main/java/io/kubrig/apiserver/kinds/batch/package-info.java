/** The kinds of pods that finish: the group batch. One file per kind. */
package io.kubrig.apiserver.kinds.batch;
