package io.kubrig.apiserver.kinds.apps;

import io.kubrig.apiserver.registry.Kind;

/** The kind ControllerRevision. (Source: registry/apps/controllerrevision/strategy.go of native.) */
public final class ControllerRevisions implements Kind {}
