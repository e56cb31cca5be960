/** Direct calls to what models hold, in place of reflection: one class for each model, made when this module is built. */
package io.kubrig.machinery.models.accessors;
