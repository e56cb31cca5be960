/**
 * Certificate signing requests: approves what kubelets may have, signs what is approved, and deletes what is old.
 *
 * <p>{@link io.kubrig.operators.certificates.Signer} holds what each signer name allows.
 */
package io.kubrig.operators.certificates;
