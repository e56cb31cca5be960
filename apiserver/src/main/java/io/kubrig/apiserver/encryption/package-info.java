/**
 * Encryption of stored values: the {@code EncryptionConfiguration} of native, with its providers and the prefixes that tell on each value
 * which key it was encrypted with, so that either kind of API server reads what the other wrote.
 */
package io.kubrig.apiserver.encryption;
