/**
 * Object trees to the protobuf wire and back, driven by schemas.
 *
 * <p>{@link io.kubrig.machinery.protobuf.Protobuf} is the door. A {@code Layout} turns a schema inside out (fields by number, inlined
 * fields back in their nested message); {@code MessageEncoder} and {@code MessageDecoder} walk it. What is written equals what the native
 * server writes: non-pointer fields always, in the order of their numbers; maps in the order of their keys.
 */
package io.kubrig.machinery.protobuf;
