/** AssertJ assertions about objects and clusters; begin with {@link io.kubrig.testkit.assertion.KubrigAssertions}. */
package io.kubrig.testkit.assertion;
