/** Tests of the packages and the deployment files. */
package dev.claudebench.deploy;
