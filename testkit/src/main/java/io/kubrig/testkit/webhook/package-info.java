/** Admission and conversion webhooks of the code under test. */
package io.kubrig.testkit.webhook;
