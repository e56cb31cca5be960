/**
 * The whole house from outside: the packaged program in processes of its own, driven with the stock {@code kubectl}.
 *
 * <ul>
 *   <li>{@link io.kubrig.e2e.WholeClusterIT}: an application on real containers, from {@code up} to {@code reset}.
 *   <li>{@link io.kubrig.e2e.SimulatedClusterIT}: the same program where no container can run.
 *   <li>{@link io.kubrig.e2e.KillIT}: what was acknowledged survives {@code kill -9}.
 *   <li>{@link io.kubrig.e2e.ConformanceIT}: recorded conversations with the native API server.
 *   <li>{@link io.kubrig.e2e.ModuleBordersTest}: who may import whom.
 * </ul>
 */
package io.kubrig.e2e;
