/**
 * The {@code kubrig} command line, and the whole cluster in one process.
 *
 * <ul>
 * <li>{@link io.kubrig.standalone.Main}: which command; a component's name runs that component alone ({@link
 * io.kubrig.standalone.Components}).
 *   <li>{@link io.kubrig.standalone.UpCommand}, {@link io.kubrig.standalone.DownCommand}, ...: one class for each command.
 *   <li>{@link io.kubrig.standalone.InitCommand}, {@link io.kubrig.standalone.JoinCommand}, {@link
 *       io.kubrig.standalone.TokenCommand}: a cluster of several machines; {@link io.kubrig.standalone.kubeadm} is what they know.
 *   <li>{@link io.kubrig.standalone.DataDirectory}: what is where on disk, and the lock that keeps a second process out.
 *   <li>{@link io.kubrig.standalone.Cluster}: the components of a whole cluster, started in order, with native flags.
 *   <li>{@link io.kubrig.standalone.simulated}: nodes without machines.
 * </ul>
 */
package io.kubrig.standalone;
