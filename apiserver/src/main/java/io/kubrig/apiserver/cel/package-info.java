/**
 * What the server adds to the language of expressions ({@code machinery.cel}): the {@link io.kubrig.apiserver.cel.AuthorizerLibrary authorizer} and the named
 * formats, gathered by {@link io.kubrig.apiserver.cel.ServerExpressions}; and {@link io.kubrig.apiserver.cel.CelCosts estimates} of what an expression may cost.
 * Nothing of it is loaded before the first expression is compiled.
 */
package io.kubrig.apiserver.cel;
