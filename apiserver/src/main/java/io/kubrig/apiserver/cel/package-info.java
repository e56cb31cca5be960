/**
 * What the server adds to the language of expressions ({@code machinery.cel}): what the named formats demand, gathered with the authorizer
 * by {@link io.kubrig.apiserver.cel.ServerExpressions}; and {@link io.kubrig.apiserver.cel.CelCosts estimates} of what an expression may
 * cost. Nothing of it is loaded before the first expression is compiled.
 */
package io.kubrig.apiserver.cel;
