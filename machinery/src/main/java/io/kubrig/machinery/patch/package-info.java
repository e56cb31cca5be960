/**
 * The patches of the API: {@link io.kubrig.machinery.patch.JsonPatch} (RFC 6902), {@link io.kubrig.machinery.patch.MergePatch} (RFC 7396)
 * and {@link io.kubrig.machinery.patch.StrategicMergePatch}. All work on an object in its external version; the result still has to be
 * decoded.
 */
package io.kubrig.machinery.patch;
