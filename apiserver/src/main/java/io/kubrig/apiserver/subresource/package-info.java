/** The subresources that are commands rather than views: binding a pod to a node, evicting it. */
package io.kubrig.apiserver.subresource;
