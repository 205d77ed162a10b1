/** What tests share: a caller of the service, a Redis to break, a service in a process of its own. */
package dev.claudebench.support;
