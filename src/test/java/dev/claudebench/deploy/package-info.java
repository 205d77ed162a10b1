/** What the service is packaged into, and what runs it elsewhere. */
package dev.claudebench.deploy;
