/**
 * Issuers that are a REST API, declared: the requests, and what to take from the answers. The only
 * package that speaks HTTP to issuers. An answer's text goes no further than this package.
 */
@NullMarked
package dev.rekey.issuer.http;

import org.jspecify.annotations.NullMarked;
