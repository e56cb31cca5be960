package io.kubrig.kubelet.pod;

/** A container could not be started; it waits for this reason, which becomes part of the pod's status. */
record StartFailure(String reason, String message) {}
