/** The structure of values: one description that drives decoding, defaulting, apply, patches, protobuf, OpenAPI and explain. */
package io.kubrig.machinery.schema;
