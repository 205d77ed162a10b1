package dev.claudebench.method;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;

class ErrorCodeTest {

    @Test
    void codesAreWhatCallersRelyOn() {
        Map<String, Integer> codes = Arrays.stream(ErrorCode.values())
                .collect(Collectors.toMap(ErrorCode::name, ErrorCode::code));
        assertThat(codes).isEqualTo(Map.of("PARSE_ERROR", -32700, "INVALID_REQUEST", -32600, "METHOD_NOT_FOUND",
                -32601, "INVALID_PARAMS", -32602, "INTERNAL_ERROR", -32603, "RATE_LIMITED", -32000, "CIRCUIT_OPEN",
                -32001, "UNAUTHENTICATED", -32002, "FORBIDDEN", -32003, "UNAVAILABLE", -32004));
    }

    @Test
    void noCodeIsOneThatTheModelContextProtocolReserves() {
        assertThat(ErrorCode.values()).extracting(ErrorCode::code)
                .doesNotHaveDuplicates()
                .noneMatch(code -> code <= -32020 && code >= -32099);
    }
}
