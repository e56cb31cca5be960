/**
 * All objects of a kind, kept current: {@link io.kubrig.machinery.informers.StreamedInformers} makes informers that read the lines of a
 * watch as they come, straight into models, and tell their handlers without handing anything over to another thread.
 *
 * <p>From the wire inwards: {@link io.kubrig.machinery.informers.Exchange} is one request and its end, {@link
 * io.kubrig.machinery.informers.Lines} finds lines in its bytes, {@link io.kubrig.machinery.informers.Events} reads them, {@link
 * io.kubrig.machinery.informers.Reflector} decides what to ask for next, {@link io.kubrig.machinery.informers.StreamedInformer} keeps the
 * objects and tells of changes.
 */
package io.kubrig.machinery.informers;
