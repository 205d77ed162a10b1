package dev.claudebench.model;

import java.util.List;

import org.jspecify.annotations.NullMarked;

import dev.claudebench.method.CallContext;

/** A call of a script. */
@NullMarked
record FleetCall(CallContext context, List<Object> arguments) {
    FleetCall(CallContext context, Object... arguments) {
        this(context, List.of(arguments));
    }
}
