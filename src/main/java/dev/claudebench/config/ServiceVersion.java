package dev.claudebench.config;

import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;

import io.quarkus.info.BuildInfo;
import io.quarkus.info.GitInfo;

/** Which build of the service this is. */
@Singleton
public class ServiceVersion {
    private final BuildInfo build;
    private final String commit;

    ServiceVersion(BuildInfo build, Instance<GitInfo> git) {
        this.build = build;
        this.commit = git.isResolvable() ? git.get().latestCommitId() : "unknown";
    }

    public String version() {
        return build.version();
    }

    /** Returns the id of the commit, or {@code unknown} if Git was not there when the service was built. */
    public String commit() {
        return commit;
    }

    /** Returns when the service was built, in ms since 1970. */
    public long builtAt() {
        return build.time().toInstant().toEpochMilli();
    }
}
