package io.kubrig.machinery.tree;

/** What a shared tree knows of itself. */
final class SharedForm {
  final byte[] json;
  volatile Object derived;

  SharedForm(byte[] json) {
    this.json = json;
  }
}
