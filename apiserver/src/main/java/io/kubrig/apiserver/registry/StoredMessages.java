package io.kubrig.apiserver.registry;

import io.kubrig.apiserver.http.Exchange;
import io.kubrig.machinery.protobuf.ProtobufList;
import java.io.IOException;
import java.io.OutputStream;

/** A list in protobuf made of messages that are kept beside the stored bytes. */
record StoredMessages(ProtobufList list) implements Exchange.LargeBody {
  @Override
  public long length() {
    return list.length();
  }

  @Override
  public void writeTo(OutputStream out) throws IOException {
    list.writeTo(out);
  }
}
