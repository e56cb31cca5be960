/** The Pod Security Standards: levels, their checks by version, and the admission plugin that applies them. (Source: KEP-2579.) */
package io.kubrig.apiserver.admission.podsecurity;
