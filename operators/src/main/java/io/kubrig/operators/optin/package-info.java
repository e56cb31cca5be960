/** Annotations with which users ask for what native controllers do not do (docs/opt-ins.md). Without them nothing is different. */
package io.kubrig.operators.optin;
