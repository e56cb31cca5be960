/** Resource quotas: what objects use, and whether a namespace may use it. */
package io.kubrig.apiserver.admission.quota;
