/** What is noted about requests: a policy says how much of which, sinks take it (a file, a webhook). Source: audit.k8s.io/v1. */
package io.kubrig.apiserver.audit;
