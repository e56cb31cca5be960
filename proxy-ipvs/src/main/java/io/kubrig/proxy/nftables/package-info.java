/**
 * nf_tables as values: a table with its chains, rules and sets; its encoding; reading it back; and the difference between two of them.
 *
 * <p>Follow it as {@link io.kubrig.proxy.nftables.NftTable} → {@link io.kubrig.proxy.nftables.TableDiff} →
 * {@link io.kubrig.proxy.nftables.TableChange} → {@link io.kubrig.proxy.nftables.ChangeEncoder} → netlink;
 * {@link io.kubrig.proxy.nftables.TableReader} is the way back.
 */
package io.kubrig.proxy.nftables;
