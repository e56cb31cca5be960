package io.kubrig.apiserver.kinds.pod;

/**
 * Where a pod spec stands, which decides what it may say.
 *
 * @param pod whether it is a pod's own, not that of a template
 * @param allowPrivileged whether this server lets containers be privileged
 */
public record Scope(boolean pod, boolean allowPrivileged) {}
