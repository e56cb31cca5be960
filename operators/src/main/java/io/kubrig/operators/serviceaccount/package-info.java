/** Service accounts: the one named default in every namespace, and the Secrets of old that hold their tokens. */
package io.kubrig.operators.serviceaccount;
