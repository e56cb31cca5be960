/**
 * Admission by expressions: ValidatingAdmissionPolicy and MutatingAdmissionPolicy. (Source: KEP-3488, KEP-3962,
 * apiserver/pkg/admission/plugin/policy.)
 */
package io.kubrig.apiserver.admission.policy;
