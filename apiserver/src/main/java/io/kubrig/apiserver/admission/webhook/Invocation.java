package io.kubrig.apiserver.admission.webhook;

import io.kubrig.apiserver.registry.Resource;
import io.kubrig.machinery.schema.GroupVersionKind;

/**
 * That a webhook is to be asked, and about what.
 *
 * @param resource the one that its rules name: the request's, or an equivalent one
 * @param kind in which it sees the objects
 */
record Invocation(Hook hook, Resource resource, String version, GroupVersionKind kind) {}
