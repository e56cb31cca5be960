/**
 * The engine room of every controller: caches, queue, writes, time.
 *
 * <p>A {@link io.kubrig.operators.engine.Controller} is three things: a name, the watches it sets up in {@code watch}, and a
 * {@code reconcile(key)} that reads the caches, decides and writes. The rest is here, once:
 *
 * <ul>
 *   <li>{@link io.kubrig.operators.engine.Caches}: one shared Fabric8 informer per kind for the whole process, behind a
 *       {@link io.kubrig.operators.engine.Cached} that shows a controller's own writes before the watch has brought them. Hence no
 *       expectations as in the native manager: what was written has been seen.
 *   <li>{@link io.kubrig.operators.engine.Loop}: the Java Operator SDK runs the work: it merges events of one key, never
 *       processes a key twice at once, and bounds the number of workers. Its resource is the key itself ({@link
 *       io.kubrig.operators.engine.Work}); its informer is replaced by ours. Delays and back-off are ours, on the injected clock.
 *   <li>{@link io.kubrig.operators.engine.Api}: the writes, throttled, fed back into the caches.
 * </ul>
 */
package io.kubrig.operators.engine;
