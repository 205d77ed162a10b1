/** Tests of what README.md and the pages in docs say. */
package dev.claudebench.docs;
