/** Claims that ask for more than their volume has: tells that an external controller is to expand it. */
package io.kubrig.operators.volumeexpand;
