package dev.claudebench.security;

import io.quarkus.security.identity.request.BaseAuthenticationRequest;

/** A request to authenticate whoever sends this in {@code Authorization: Bearer}. */
final class ApiKeyRequest extends BaseAuthenticationRequest {
    private final String key;

    ApiKeyRequest(String key) {
        this.key = key;
    }

    String key() {
        return key;
    }
}
